using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Fleet.Server.Data.Migrations.Postgres
{
    /// <summary>
    /// Tables of events, which EF does not map. A day's partitions are made from "events" and "contention" by src/Server/Data/Events/Postgres, with all
    /// indexes that these have.
    /// </summary>
    public partial class Events : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql(
            """
            CREATE TABLE event_days(day date PRIMARY KEY, last_row bigint NOT NULL) WITH (fillfactor = 10);
            CREATE TABLE event_hosts(day date NOT NULL, key integer NOT NULL, id uuid NOT NULL, name text COLLATE "C" NOT NULL, PRIMARY KEY(day, key));
            CREATE TABLE event_words(day date NOT NULL, code integer NOT NULL, text text COLLATE "C" NOT NULL, PRIMARY KEY(day, code));
            CREATE TABLE event_zones(day date NOT NULL, zone integer NOT NULL, earliest bigint NOT NULL, latest bigint NOT NULL, PRIMARY KEY(day, zone)) WITH (fillfactor = 50);
            CREATE TABLE event_marks(host uuid NOT NULL, epoch bigint NOT NULL, seq bigint NOT NULL, moved bigint NOT NULL, PRIMARY KEY(host, epoch)) WITH (fillfactor = 50);
            CREATE TABLE losses(day date NOT NULL, minute integer NOT NULL, host integer NOT NULL, count bigint NOT NULL, PRIMARY KEY(day, minute, host)) WITH (fillfactor = 80);
            CREATE TABLE events(
                id bigint NOT NULL, epoch bigint NOT NULL, seq bigint NOT NULL, time bigint NOT NULL, count bigint NOT NULL, uid bigint,
                day date NOT NULL, host integer NOT NULL, kind integer NOT NULL, function integer, comm integer, exe integer, pid integer, decision integer,
                operation integer, "offset" integer, length integer, holder integer, source integer, feature integer, payload text COLLATE "C" NOT NULL,
                PRIMARY KEY(day, id)) PARTITION BY LIST (day);
            CREATE INDEX events_host ON events(host, id);
            CREATE INDEX events_kind ON events(kind, id);
            CREATE INDEX events_function ON events(function, id) WHERE function IS NOT NULL;
            CREATE TABLE contention(
                day date NOT NULL, minute integer NOT NULL, host integer NOT NULL, kind text COLLATE "C" NOT NULL, function text COLLATE "C" NOT NULL,
                comm text COLLATE "C" NOT NULL, decision text COLLATE "C" NOT NULL, feature text COLLATE "C" NOT NULL, region text COLLATE "C" NOT NULL, count bigint NOT NULL,
                PRIMARY KEY(day, minute, host, kind, function, comm, decision, feature, region)) PARTITION BY LIST (day);
            """);

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder) =>
            migrationBuilder.Sql("DROP TABLE event_days, event_hosts, event_words, event_zones, event_marks, losses, events, contention;");
    }
}
