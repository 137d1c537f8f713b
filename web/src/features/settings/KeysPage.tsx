import { useState } from "react";
import { useMe } from "@/api/session";
import { useApiKeys, useRevokeKey } from "@/api/team-admin";
import type { ApiKey } from "@/api/types";
import { fullDate, shortTime, useNow } from "@/lib/dates";
import { Badge } from "@/ui/Badge";
import { Button } from "@/ui/Button";
import { AdminNote } from "./AdminNote";
import { ConfirmButton } from "./ConfirmButton";
import { KeyForm } from "./KeyForm";
import { Loaded } from "./Loaded";
import styles from "./parts.module.css";
import { Section } from "./Section";
import { ShownOnce } from "./ShownOnce";

export function KeysPage() {
  if (useMe().role !== "ADMIN") {
    return (
      <Section
        title="Keys for programs"
        text={<AdminNote>Only admins make keys and see which there are.</AdminNote>}
      />
    );
  }
  return <Keys />;
}

function Keys() {
  const all = useApiKeys();
  const [isAdding, setAdding] = useState(false);
  const [secret, setSecret] = useState<string | null>(null);
  return (
    <Section
      title="Keys for programs"
      text="With a key a program does what its scopes allow, and no more."
      action={!isAdding && <Button onClick={() => setAdding(true)}>Make a key</Button>}
    >
      {isAdding && (
        <KeyForm
          onMade={(key) => {
            setSecret(key);
            setAdding(false);
          }}
          onCancel={() => setAdding(false)}
        />
      )}
      {secret !== null && (
        <ShownOnce
          title="Keep this key now"
          text="It is not shown again. Whoever has it can do what it allows."
          secret={secret}
          onDone={() => setSecret(null)}
        />
      )}
      <Loaded query={all} what="The keys" empty="There are no keys yet.">
        {(data) => (
          <ul className={styles.list}>
            {[
              ...data.filter((key) => !key.revoked_at),
              ...data.filter((key) => key.revoked_at),
            ].map((key) => (
              <Row key={key.id} apiKey={key} />
            ))}
          </ul>
        )}
      </Loaded>
    </Section>
  );
}

function Row({ apiKey }: { apiKey: ApiKey }) {
  const revoke = useRevokeKey();
  const now = useNow();
  const name = apiKey.label ?? apiKey.prefix;
  const isRevoked = apiKey.revoked_at !== null;
  const isOver = apiKey.expires_at !== null && Date.parse(apiKey.expires_at) < now.getTime();
  const used = apiKey.last_used_at === null ? null : shortTime(apiKey.last_used_at, now);
  return (
    <li className={styles.row}>
      <div className={styles.grow}>
        <div className={styles.name}>
          <bdi>{name}</bdi>
          <code className={styles.quiet}>{apiKey.prefix}…</code>
          {isRevoked ? (
            <Badge tone="danger">Revoked</Badge>
          ) : isOver ? (
            <Badge tone="warn">Expired</Badge>
          ) : null}
        </div>
        <div className={styles.quiet}>
          {apiKey.scopes.includes("admin") && "Admin · "}
          <span title={apiKey.scopes.join(", ")}>
            {apiKey.scopes.length === 1 ? apiKey.scopes[0] : `${apiKey.scopes.length} scopes`}
          </span>
          {" · "}
          {used === null ? "never used" : used === "now" ? "used just now" : `used ${used} ago`}
          {!isRevoked && apiKey.expires_at !== null && <> · until {fullDate(apiKey.expires_at)}</>}
        </div>
      </div>
      {!isRevoked && (
        <ConfirmButton
          label="Revoke"
          name={`Revoke ${name}`}
          title={`Revoke ${name}`}
          text="It opens nothing any more, and cannot be brought back. Programs that use it stop."
          run={() => revoke.mutateAsync(apiKey.id)}
        />
      )}
    </li>
  );
}
