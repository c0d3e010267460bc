using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Fleet.Server.Data.Migrations.Postgres
{
    /// <inheritdoc />
    public partial class Admission : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            // Who shares a machine id is seen from hosts as they are; the flag was true for ever.
            migrationBuilder.Sql("""ALTER TABLE hosts DROP COLUMN "DuplicateMachineId";""");

            migrationBuilder.AddColumn<string>(
                name: "Labels",
                table: "join_tokens",
                type: "text",
                nullable: false,
                defaultValue: "{}",
                collation: "C");

            migrationBuilder.AddColumn<long>(
                name: "LastUsed",
                table: "join_tokens",
                type: "bigint",
                nullable: true);

            migrationBuilder.AddColumn<long>(
                name: "Revoked",
                table: "join_tokens",
                type: "bigint",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "RevokedBy",
                table: "join_tokens",
                type: "text",
                nullable: true,
                collation: "C");

            migrationBuilder.AddColumn<int>(
                name: "Access",
                table: "hosts",
                type: "integer",
                nullable: false,
                defaultValue: 0);

            migrationBuilder.AddColumn<long>(
                name: "AccessAt",
                table: "hosts",
                type: "bigint",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "AccessBy",
                table: "hosts",
                type: "text",
                nullable: true,
                collation: "C");

            migrationBuilder.AddColumn<string>(
                name: "AccessReason",
                table: "hosts",
                type: "text",
                nullable: true,
                collation: "C");

            migrationBuilder.AddColumn<string>(
                name: "AdmittedBy",
                table: "hosts",
                type: "text",
                nullable: false,
                defaultValue: "",
                collation: "C");

            migrationBuilder.Sql("""UPDATE hosts SET "AdmittedBy" = COALESCE((SELECT "Creator" FROM join_tokens WHERE join_tokens."Id" = hosts."JoinTokenId"), '');""");

            migrationBuilder.CreateIndex(
                name: "IX_hosts_JoinTokenId",
                table: "hosts",
                column: "JoinTokenId");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "IX_hosts_JoinTokenId",
                table: "hosts");

            migrationBuilder.DropColumn(
                name: "Labels",
                table: "join_tokens");

            migrationBuilder.DropColumn(
                name: "LastUsed",
                table: "join_tokens");

            migrationBuilder.DropColumn(
                name: "Revoked",
                table: "join_tokens");

            migrationBuilder.DropColumn(
                name: "RevokedBy",
                table: "join_tokens");

            migrationBuilder.DropColumn(
                name: "Access",
                table: "hosts");

            migrationBuilder.DropColumn(
                name: "AccessAt",
                table: "hosts");

            migrationBuilder.DropColumn(
                name: "AccessBy",
                table: "hosts");

            migrationBuilder.DropColumn(
                name: "AccessReason",
                table: "hosts");

            migrationBuilder.DropColumn(
                name: "AdmittedBy",
                table: "hosts");

            migrationBuilder.AddColumn<bool>(
                name: "DuplicateMachineId",
                table: "hosts",
                type: "boolean",
                nullable: false,
                defaultValue: false);
        }
    }
}
