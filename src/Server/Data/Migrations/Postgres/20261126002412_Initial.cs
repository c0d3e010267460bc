using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata;

#nullable disable

namespace Fleet.Server.Data.Migrations.Postgres
{
    /// <inheritdoc />
    public partial class Initial : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "attestations",
                columns: table => new
                {
                    Id = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Host = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Address = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Trigger = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Created = table.Column<long>(type: "bigint", nullable: false),
                    Expires = table.Column<long>(type: "bigint", nullable: false),
                    Job = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Replans = table.Column<int>(type: "integer", nullable: false),
                    Author = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    Consumed = table.Column<long>(type: "bigint", nullable: true),
                    Phase = table.Column<int>(type: "integer", nullable: false),
                    Detail = table.Column<string>(type: "text", nullable: true, collation: "C")
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_attestations", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "attested_devices",
                columns: table => new
                {
                    Host = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Address = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Standing = table.Column<string>(type: "text", nullable: false, collation: "C")
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_attested_devices", x => new { x.Host, x.Address });
                });

            migrationBuilder.CreateTable(
                name: "audit",
                columns: table => new
                {
                    Number = table.Column<long>(type: "bigint", nullable: false),
                    Time = table.Column<long>(type: "bigint", nullable: false),
                    Who = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Action = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Subject = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Detail = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Hash = table.Column<string>(type: "text", nullable: false, collation: "C")
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_audit", x => x.Number);
                });

            migrationBuilder.CreateTable(
                name: "baselines",
                columns: table => new
                {
                    Host = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Address = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Attestation = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Identity = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Rules = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Recorded = table.Column<long>(type: "bigint", nullable: false),
                    RecordedBy = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Pinned = table.Column<long>(type: "bigint", nullable: true),
                    PinnedBy = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    Version = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_baselines", x => new { x.Host, x.Address });
                });

            migrationBuilder.CreateTable(
                name: "hosts",
                columns: table => new
                {
                    Id = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Name = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    MachineId = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    KeyThumbprint = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Simulated = table.Column<bool>(type: "boolean", nullable: false),
                    DuplicateMachineId = table.Column<bool>(type: "boolean", nullable: false),
                    Joined = table.Column<long>(type: "bigint", nullable: false),
                    JoinTokenId = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    LastSeen = table.Column<long>(type: "bigint", nullable: false),
                    Hello = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    Inventory = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    InventoryAt = table.Column<long>(type: "bigint", nullable: true),
                    State = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    StateAt = table.Column<long>(type: "bigint", nullable: true),
                    Labels = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Version = table.Column<long>(type: "bigint", nullable: false),
                    Desired = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Generation = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_hosts", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "join_tokens",
                columns: table => new
                {
                    Id = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    SecretHash = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Note = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    Uses = table.Column<int>(type: "integer", nullable: false),
                    Used = table.Column<int>(type: "integer", nullable: false),
                    Creator = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Created = table.Column<long>(type: "bigint", nullable: false),
                    Expires = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_join_tokens", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "policies",
                columns: table => new
                {
                    Name = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Latest = table.Column<int>(type: "integer", nullable: false),
                    Deleted = table.Column<long>(type: "bigint", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_policies", x => x.Name);
                });

            migrationBuilder.CreateTable(
                name: "reference_values",
                columns: table => new
                {
                    Name = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Number = table.Column<int>(type: "integer", nullable: false),
                    Document = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    Author = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    SignedBy = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    Created = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_reference_values", x => new { x.Name, x.Number });
                });

            migrationBuilder.CreateTable(
                name: "evidence",
                columns: table => new
                {
                    Attestation = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Hash = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Report = table.Column<byte[]>(type: "bytea", nullable: false),
                    Received = table.Column<long>(type: "bigint", nullable: false),
                    Nonces = table.Column<int>(type: "integer", nullable: false),
                    Appraised = table.Column<long>(type: "bigint", nullable: true),
                    KeptUntil = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_evidence", x => new { x.Attestation, x.Hash });
                    table.ForeignKey(
                        name: "FK_evidence_attestations_Attestation",
                        column: x => x.Attestation,
                        principalTable: "attestations",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "policy_revisions",
                columns: table => new
                {
                    Policy = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Number = table.Column<int>(type: "integer", nullable: false),
                    Document = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Compiled = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Description = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    Hosts = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Functions = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Mode = table.Column<int>(type: "integer", nullable: false),
                    Priority = table.Column<int>(type: "integer", nullable: false),
                    Claims = table.Column<int>(type: "integer", nullable: false),
                    Author = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Created = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_policy_revisions", x => new { x.Policy, x.Number });
                    table.ForeignKey(
                        name: "FK_policy_revisions_policies_Policy",
                        column: x => x.Policy,
                        principalTable: "policies",
                        principalColumn: "Name",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "rollouts",
                columns: table => new
                {
                    Number = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    Id = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Policy = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Revision = table.Column<int>(type: "integer", nullable: false),
                    Phase = table.Column<int>(type: "integer", nullable: false),
                    Reason = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Waves = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Wave = table.Column<int>(type: "integer", nullable: false),
                    BakingSince = table.Column<long>(type: "bigint", nullable: true),
                    Author = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Created = table.Column<long>(type: "bigint", nullable: false),
                    Changed = table.Column<long>(type: "bigint", nullable: false),
                    IdempotencyKey = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    RequestHash = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    Version = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_rollouts", x => x.Number);
                    table.ForeignKey(
                        name: "FK_rollouts_policy_revisions_Policy_Revision",
                        columns: x => new { x.Policy, x.Revision },
                        principalTable: "policy_revisions",
                        principalColumns: new[] { "Policy", "Number" },
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "rollout_targets",
                columns: table => new
                {
                    Rollout = table.Column<long>(type: "bigint", nullable: false),
                    Host = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Position = table.Column<int>(type: "integer", nullable: false),
                    Name = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Wave = table.Column<int>(type: "integer", nullable: false),
                    Wanted = table.Column<bool>(type: "boolean", nullable: false),
                    Phase = table.Column<int>(type: "integer", nullable: false),
                    AssignedAt = table.Column<long>(type: "bigint", nullable: true),
                    Generation = table.Column<long>(type: "bigint", nullable: false),
                    Note = table.Column<string>(type: "text", nullable: true, collation: "C")
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_rollout_targets", x => new { x.Rollout, x.Host });
                    table.ForeignKey(
                        name: "FK_rollout_targets_rollouts_Rollout",
                        column: x => x.Rollout,
                        principalTable: "rollouts",
                        principalColumn: "Number",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateIndex(
                name: "IX_attestations_Host_Address_Id",
                table: "attestations",
                columns: new[] { "Host", "Address", "Id" });

            migrationBuilder.CreateIndex(
                name: "IX_attestations_Phase",
                table: "attestations",
                column: "Phase");

            migrationBuilder.CreateIndex(
                name: "IX_evidence_Appraised",
                table: "evidence",
                column: "Appraised");

            migrationBuilder.CreateIndex(
                name: "IX_evidence_KeptUntil",
                table: "evidence",
                column: "KeptUntil");

            migrationBuilder.CreateIndex(
                name: "IX_hosts_KeyThumbprint",
                table: "hosts",
                column: "KeyThumbprint",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_hosts_MachineId",
                table: "hosts",
                column: "MachineId");

            migrationBuilder.CreateIndex(
                name: "IX_join_tokens_SecretHash",
                table: "join_tokens",
                column: "SecretHash",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_rollouts_Id",
                table: "rollouts",
                column: "Id",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_rollouts_IdempotencyKey",
                table: "rollouts",
                column: "IdempotencyKey",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_rollouts_Policy_Number",
                table: "rollouts",
                columns: new[] { "Policy", "Number" });

            migrationBuilder.CreateIndex(
                name: "IX_rollouts_Policy_Revision",
                table: "rollouts",
                columns: new[] { "Policy", "Revision" });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "attested_devices");

            migrationBuilder.DropTable(
                name: "audit");

            migrationBuilder.DropTable(
                name: "baselines");

            migrationBuilder.DropTable(
                name: "evidence");

            migrationBuilder.DropTable(
                name: "hosts");

            migrationBuilder.DropTable(
                name: "join_tokens");

            migrationBuilder.DropTable(
                name: "reference_values");

            migrationBuilder.DropTable(
                name: "rollout_targets");

            migrationBuilder.DropTable(
                name: "attestations");

            migrationBuilder.DropTable(
                name: "rollouts");

            migrationBuilder.DropTable(
                name: "policy_revisions");

            migrationBuilder.DropTable(
                name: "policies");
        }
    }
}
