import { type SubmitEvent, useState } from "react";
import { faultsOf } from "@/api/form-faults";
import { useCreateInvite, useDeleteInvite, useInvites } from "@/api/team-admin";
import type { Invite } from "@/api/types";
import { timeNow } from "@/lib/clock";
import { fullDate } from "@/lib/dates";
import { ROLES, type Role, roleName } from "@/lib/roles";
import { Badge } from "@/ui/Badge";
import { Button } from "@/ui/Button";
import { Field } from "@/ui/Field";
import { FormFault } from "@/ui/FormFault";
import { Select } from "@/ui/Select";
import { ConfirmButton } from "./ConfirmButton";
import { Loaded } from "./Loaded";
import { FormActions } from "./forms";
import styles from "./parts.module.css";
import { Section } from "./Section";
import { ShownOnce } from "./ShownOnce";

interface Made {
  email: string;
  token: string;
}

export function Invites() {
  const invites = useInvites();
  const [isAdding, setAdding] = useState(false);
  const [made, setMade] = useState<Made | null>(null);
  return (
    <Section
      title="Invites"
      text="Each is a link that makes one person a member."
      action={
        !isAdding && (
          <Button
            onClick={() => {
              setMade(null);
              setAdding(true);
            }}
          >
            Invite somebody
          </Button>
        )
      }
    >
      {isAdding && (
        <InviteForm
          onMade={(next) => {
            setMade(next);
            setAdding(false);
          }}
          onCancel={() => setAdding(false)}
        />
      )}
      {made && (
        <ShownOnce
          title={`Give this link to ${made.email}`}
          text="It is shown now alone. Whoever has it can join, once."
          secret={`${location.origin}/invite#${made.token}`}
          onDone={() => setMade(null)}
        />
      )}
      <Loaded query={invites} what="The invites" empty="Nobody is invited.">
        {(data) => (
          <ul className={styles.list}>
            {data.map((invite) => (
              <Row key={invite.id} invite={invite} />
            ))}
          </ul>
        )}
      </Loaded>
    </Section>
  );
}

function InviteForm({ onMade, onCancel }: { onMade: (made: Made) => void; onCancel: () => void }) {
  const create = useCreateInvite();
  const [email, setEmail] = useState("");
  const [name, setName] = useState("");
  const [role, setRole] = useState<Role>("USER");
  const faults = faultsOf(create.error, ["email", "name", "role"]);
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    create.mutate(
      { email: email.trim(), name: name.trim(), role },
      { onSuccess: (invite) => onMade({ email: invite.email, token: invite.token ?? "" }) },
    );
  };
  return (
    <form className={styles.form} onSubmit={submit}>
      <FormFault>{faults.rest}</FormFault>
      <Field
        label="E-mail"
        type="email"
        autoComplete="off"
        required
        autoFocus
        value={email}
        onChange={(event) => setEmail(event.target.value)}
        error={faults.of["email"]}
      />
      <Field
        label="Name"
        autoComplete="off"
        required
        maxLength={255}
        dir="auto"
        value={name}
        onChange={(event) => setName(event.target.value)}
        error={faults.of["name"]}
      />
      <Select
        label="Role"
        value={role}
        options={ROLES.map((value) => ({ value, label: roleName(value) }))}
        onChange={setRole}
      />
      <FormActions label="Make an invite" isBusy={create.isPending} onCancel={onCancel} />
    </form>
  );
}

function Row({ invite }: { invite: Invite }) {
  const takeBack = useDeleteInvite();
  const [openedAt] = useState(timeNow);
  const isOver = Date.parse(invite.expires_at) < openedAt;
  const isPending = invite.state === "PENDING";
  return (
    <li className={styles.row}>
      <div className={styles.grow}>
        <div className={styles.name}>
          <bdi>{invite.email}</bdi>
          <Badge tone={!isPending ? "ok" : isOver ? "plain" : "note"}>
            {!isPending ? "Accepted" : isOver ? "Expired" : "Waiting"}
          </Badge>
        </div>
        <div className={styles.quiet}>
          {roleName(invite.role)}
          {isPending && !isOver && <> · good until {fullDate(invite.expires_at)}</>}
        </div>
      </div>
      {isPending && (
        <ConfirmButton
          label="Take back"
          name={`Take back the invite of ${invite.email}`}
          title={`Take back the invite of ${invite.email}`}
          text="The link opens nothing any more. You can invite them again."
          run={() => takeBack.mutateAsync(invite.id)}
        />
      )}
    </li>
  );
}
