using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Fleet.Server.Data.Migrations.Postgres
{
    /// <summary>
    /// Each index of events says all three of host, kind and function, so that what two or three of them have in common is found without
    /// a look at the rows. Behind the 4 bytes of the first column and the 8 of the row there was room for one of them anyway.
    /// </summary>
    public partial class EventIndexes : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql(
            """
            DROP INDEX events_host, events_kind, events_function;
            CREATE INDEX events_host ON events(host, id, kind, function);
            CREATE INDEX events_kind ON events(kind, id, host, function);
            CREATE INDEX events_function ON events(function, id, host, kind) WHERE function IS NOT NULL;
            """);

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.Sql(
            """
            DROP INDEX events_host, events_kind, events_function;
            CREATE INDEX events_host ON events(host, id);
            CREATE INDEX events_kind ON events(kind, id);
            CREATE INDEX events_function ON events(function, id) WHERE function IS NOT NULL;
            """);
    }
}
