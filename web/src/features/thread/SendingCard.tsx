import { Clock } from "lucide-react";
import { useMemo } from "react";
import type { HeldOut } from "@/api/held";
import { useMe } from "@/api/session";
import { readLeniently, showNodes } from "@/lib/plain-html";
import { Avatar } from "@/ui/Avatar";
import { cx } from "@/ui/cx";
import styles from "./Card.module.css";

/** An answer that is about to leave, where it will stand. */
export function SendingCard({ held, labelId }: { held: HeldOut; labelId: string }) {
  const me = useMe();
  const name = me.name ?? me.email;
  const nodes = useMemo(() => readLeniently(held.content), [held.content]);
  return (
    <div className={cx(styles.card, styles.outbound, styles.sending)}>
      <div className={styles.top}>
        <Avatar name={name} src={me.image_url} size={24} />
        <span className={styles.who} id={labelId}>
          <span className={styles.name} dir="auto">
            {name}
          </span>
          <span className={styles.sendingMark}>
            <Clock size={12} aria-hidden />
            Sending
          </span>
        </span>
      </div>
      <div className={styles.text} dir="auto">
        {showNodes(nodes)}
      </div>
    </div>
  );
}
