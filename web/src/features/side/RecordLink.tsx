import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { Avatar } from "@/ui/Avatar";
import styles from "./side.module.css";

/** A contact or a company in a list, which leads to its page. */
export function RecordLink({
  to,
  id,
  name,
  picture,
  title = name,
  children,
}: {
  to: "/contacts/$id" | "/companies/$id";
  id: string;
  name: string;
  picture: string | null;
  title?: string;
  /** Behind the name. */
  children?: ReactNode;
}) {
  return (
    <li className={styles.link}>
      <Avatar name={name} src={picture} size={20} />
      <Link to={to} params={{ id }} className={styles.cut} dir="auto" title={title}>
        {name}
      </Link>
      {children}
    </li>
  );
}
