import { useThread } from "@/api/threads";
import styles from "./side.module.css";

export function SidePanel({ threadId }: { threadId: string }) {
  const { data: thread } = useThread(threadId);
  return (
    <div className={styles.panel}>
      <h3>{thread?.contact?.name ?? thread?.contact?.email ?? "Details"}</h3>
    </div>
  );
}
