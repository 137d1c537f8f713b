import { refusalOf } from "@/api/form-faults";
import { useMe } from "@/api/session";
import { useMembers, useRemoveMember, useUpdateMember } from "@/api/team-admin";
import type { Member } from "@/api/types";
import { ROLES, ROLE_WORDS, roleName } from "@/lib/roles";
import { Avatar } from "@/ui/Avatar";
import { Badge } from "@/ui/Badge";
import { FormFault } from "@/ui/FormFault";
import { Select } from "@/ui/Select";
import { ConfirmButton } from "./ConfirmButton";
import { Loaded } from "./Loaded";
import styles from "./parts.module.css";
import { Section } from "./Section";

export function MemberList() {
  const members = useMembers();
  return (
    <Section
      title="Members"
      text={ROLES.map((role) => `${roleName(role)}: ${ROLE_WORDS[role].may}.`).join(" ")}
    >
      <Loaded query={members} what="The members" empty="Nobody is here.">
        {(data) => (
          <ul className={styles.list}>
            {data.map((member) => (
              <Row key={member.id} member={member} />
            ))}
          </ul>
        )}
      </Loaded>
    </Section>
  );
}

function Row({ member }: { member: Member }) {
  const me = useMe();
  const update = useUpdateMember();
  const remove = useRemoveMember();
  const name = member.name ?? member.email;
  return (
    <li className={styles.row}>
      <Avatar name={name} src={member.image_url} size={28} />
      <div className={styles.grow}>
        <div className={styles.name}>
          <bdi>{name}</bdi>
          {member.id === me.id && <Badge tone="accent">You</Badge>}
        </div>
        {member.name !== null && <div className={styles.quiet}>{member.email}</div>}
        {update.error && (
          <FormFault>{`The role stays as it was. ${refusalOf(update.error)}`}</FormFault>
        )}
      </div>
      <div className={styles.actions}>
        <Select
          label={`Role of ${name}`}
          isLabelHidden
          value={update.isPending ? update.variables.role : member.role}
          disabled={update.isPending}
          options={ROLES.map((role) => ({ value: role, label: roleName(role) }))}
          onChange={(role) => update.mutate({ member, role })}
        />
        <ConfirmButton
          label="Remove"
          name={`Remove ${name}`}
          title={`Remove ${name}`}
          text="Their sessions and keys end at once. What they wrote stays; what is assigned to them is assigned to nobody."
          run={() => remove.mutateAsync(member)}
        />
      </div>
    </li>
  );
}
