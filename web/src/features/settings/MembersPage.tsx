import { useTeam } from "@/api/lookups";
import { useMe } from "@/api/session";
import { roleName } from "@/lib/roles";
import { Avatar } from "@/ui/Avatar";
import { Badge } from "@/ui/Badge";
import { AdminNote } from "./AdminNote";
import { Invites } from "./Invites";
import { Loaded } from "./Loaded";
import { MemberList } from "./MemberList";
import styles from "./parts.module.css";
import { Section } from "./Section";

export function MembersPage() {
  if (useMe().role !== "ADMIN") return <Team />;
  return (
    <>
      <MemberList />
      <Invites />
    </>
  );
}

/** As everybody may see it. */
function Team() {
  const team = useTeam();
  return (
    <Section
      title="Your team"
      text={<AdminNote>Admins invite members and change their roles.</AdminNote>}
    >
      <Loaded query={team} what="The team" empty="Nobody is here.">
        {(data) => (
          <ul className={styles.list}>
            {data.map((member) => (
              <li key={member.id} className={styles.row}>
                <Avatar name={member.name ?? member.email} src={member.image_url} size={28} />
                <div className={styles.grow}>
                  <div className={styles.name} dir="auto">
                    {member.name ?? member.email}
                  </div>
                  {member.name !== null && <div className={styles.quiet}>{member.email}</div>}
                </div>
                <Badge>{roleName(member.role)}</Badge>
              </li>
            ))}
          </ul>
        )}
      </Loaded>
    </Section>
  );
}
