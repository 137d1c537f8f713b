import { NamedIcon } from "./icons";
import styles from "./TagIcon.module.css";
import { tagColours } from "./tag-colours";

/** The picture of a tag, or of a project, on its colour. Decoration: say the name too. */
export function TagIcon({
  tag,
  size = 20,
}: {
  tag: { name: string; color: string | null; icon: string | null };
  size?: number;
}) {
  return (
    <span
      className={styles.icon}
      style={{ width: size, height: size, ...tagColours(tag.color ?? "") }}
      aria-hidden
    >
      <NamedIcon name={tag.icon} label={tag.name} size={Math.round(size * 0.62)} />
    </span>
  );
}
