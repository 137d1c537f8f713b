import { useTeam } from "@/api/lookups";
import styles from "./parts.module.css";

/** For who may not: says what for, and whom to ask. */
export function AdminNote({ children }: { children: string }) {
  const { data: team } = useTeam();
  const names = team?.filter(({ role }) => role === "ADMIN").map((one) => one.name ?? one.email);
  return (
    <p className={styles.text}>
      {children}
      {names && names.length > 0 && (
        <>
          {" "}
          Ask <bdi>{names.slice(0, 3).join(" or ")}</bdi>.
        </>
      )}
    </p>
  );
}
