#!/usr/bin/perl
# Drives a mailbox by its registers without end, as a tool does that knows of nobody else: the first entry of the CDAT again and again.
#
#   drive.pl CONFIG OFFSET PROGRESS     OFFSET of the DOE capability, in hexadecimal; PROGRESS grows by a byte with each answer
#
# An exchange that fails is aborted and the next one begun. It ends when its file leads nowhere any more (status 3).
use strict;
use warnings;
use Errno qw(ENOTCONN ENODEV);

my ($path, $offset, $progress) = @ARGV;
my $capability = hex $offset;
open my $config, '+<:raw', $path or die "$path: $!\n";
open my $answers, '>>:raw', $progress or die "$progress: $!\n";

sub failed { exit 3 if $! == ENOTCONN || $! == ENODEV; die "failed\n" }

sub get {
    my ($register) = @_;
    sysseek $config, $capability + $register, 0;
    my $count = sysread $config, my $bytes, 4;
    failed() if !defined $count || $count != 4;
    return unpack 'V', $bytes;
}

sub put {
    my ($register, $value) = @_;
    sysseek $config, $capability + $register, 0;
    my $count = syswrite $config, pack 'V', $value;
    failed() if !defined $count || $count != 4;
}

sub exchange {
    put(0x10, $_) for 0x00021e98, 3, 0;
    put(0x08, 0x80000000);
    my $ends = time + 3;
    until (get(0x0c) & 0x80000000) {
        die "no answer\n" if time > $ends;
    }
    my $length = 2;
    for (my $i = 0; $i < $length; $i++) {
        my $value = get(0x14);
        put(0x14, 0);
        $length = $value & 0x3ffff if $i == 1;
        die "garbled\n" if $length < 2 || $length > 64;
    }
}

while (1) {
    if (eval { exchange(); 1 }) {
        syswrite $answers, '.';
    } else {
        eval { put(0x08, 1) };
    }
}
