import { faultsOf, refusalOf } from "@/api/form-faults";
import { useEndOtherSessions, useEndSession, useOwnSessions } from "@/api/own-account";
import type { OwnSession } from "@/api/types";
import { agentWords } from "@/lib/agent-words";
import { fullDate, shortTime, useNow } from "@/lib/dates";
import { Badge } from "@/ui/Badge";
import { Button } from "@/ui/Button";
import { FormFault } from "@/ui/FormFault";
import { Loaded } from "./Loaded";
import styles from "./parts.module.css";
import { Section } from "./Section";

export function OwnSessions() {
  const sessions = useOwnSessions();
  const endOthers = useEndOtherSessions();
  const others = sessions.data?.filter((session) => !session.is_current).length ?? 0;
  return (
    <Section
      title="Where you are signed in"
      text="End what you do not know, and change your password."
      action={
        others > 0 && (
          <Button isBusy={endOthers.isPending} onClick={() => endOthers.mutate(undefined)}>
            End all others
          </Button>
        )
      }
    >
      <FormFault>{faultsOf(endOthers.error, []).rest}</FormFault>
      <Loaded query={sessions} what="Your sessions" empty="There are none.">
        {(data) => (
          <ul className={styles.list}>
            {data.map((session) => (
              <Row key={session.id} session={session} />
            ))}
          </ul>
        )}
      </Loaded>
    </Section>
  );
}

function Row({ session }: { session: OwnSession }) {
  const end = useEndSession();
  const now = useNow();
  const where = agentWords(session.agent);
  const used = shortTime(session.last_used_at, now);
  return (
    <li className={styles.row}>
      <div className={styles.grow}>
        <div className={styles.name}>
          <span title={session.agent}>{where}</span>
          {session.is_current && <Badge tone="accent">This browser</Badge>}
        </div>
        <div className={styles.quiet}>
          {session.address} · since{" "}
          <time dateTime={session.created_at}>{fullDate(session.created_at)}</time>
          {!session.is_current && <> · used {used === "now" ? "just now" : `${used} ago`}</>}
        </div>
        {end.error && <FormFault>{refusalOf(end.error)}</FormFault>}
      </div>
      {!session.is_current && (
        <Button
          size="small"
          aria-label={`End the session in ${where}`}
          isBusy={end.isPending}
          onClick={() => end.mutate(session.id)}
        >
          End
        </Button>
      )}
    </li>
  );
}
