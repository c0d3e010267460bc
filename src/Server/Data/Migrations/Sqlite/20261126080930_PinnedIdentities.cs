using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Fleet.Server.Data.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class PinnedIdentities : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "Pin",
                table: "attested_devices",
                type: "TEXT",
                nullable: true);

            migrationBuilder.Sql("""UPDATE attested_devices SET "Pin" = json_extract("Standing", '$.pin')""");

            migrationBuilder.CreateIndex(
                name: "IX_attested_devices_Pin",
                table: "attested_devices",
                column: "Pin");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "IX_attested_devices_Pin",
                table: "attested_devices");

            migrationBuilder.DropColumn(
                name: "Pin",
                table: "attested_devices");
        }
    }
}
