import { usePresence } from "@/api/presence";
import { Avatar } from "@/ui/Avatar";
import styles from "./ThreadHead.module.css";

const FACES = 3;

/** Who else is at the thread, and what they do. */
export function Presence({ threadId }: { threadId: string }) {
  const others = usePresence(threadId);
  if (others.length === 0) return null;
  const nameOf = (one: (typeof others)[number]): string => one.member.name ?? one.member.email;
  const first = (name: string): string => name.split(/\s+/)[0] ?? name;
  const writers = others.filter((one) => one.doing === "writing");
  const shown = writers.length > 0 ? writers : others;
  const [one] = shown;
  const who = shown.length === 1 && one ? first(nameOf(one)) : `${shown.length} others`;
  const verb = shown.length === 1 ? "is" : "are";
  const doing = writers.length > 0 ? "writing a reply" : "looking";
  return (
    <div
      className={styles.presence}
      data-writing={writers.length > 0}
      title={others.map((other) => `${nameOf(other)} is ${other.doing}`).join("\n")}
    >
      <span className={styles.faces}>
        {others.slice(0, FACES).map((other) => (
          <Avatar
            key={other.member.id}
            name={nameOf(other)}
            src={other.member.image_url}
            size={20}
          />
        ))}
      </span>
      <span>
        {who} {verb} {doing}
      </span>
    </div>
  );
}
