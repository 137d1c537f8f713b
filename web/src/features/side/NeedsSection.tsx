import { useQuery } from "@tanstack/react-query";
import { CircleDot, FolderKanban, Link2, X } from "lucide-react";
import type { ReactNode } from "react";
import { issueQuery, projectQuery } from "@/api/lookups";
import { type Linked, linkedOf, useThreadNeeds } from "@/api/needs";
import { ApiError } from "@/api/errors";
import { reasonOf } from "@/api/thread-edits";
import type { CustomerNeed, Thread } from "@/api/types";
import { formatNumber } from "@/lib/numbers";
import { TagIcon } from "@/lib/TagIcon";
import { ProjectPicker } from "@/pickers/ProjectPicker";
import { Button } from "@/ui/Button";
import { IconButton } from "@/ui/IconButton";
import { Skeleton } from "@/ui/Skeleton";
import { Refused } from "./EditState";
import { Section } from "./Section";
import styles from "./side.module.css";

/** The projects and issues that a thread asks for. */
export function NeedsSection({ thread, canWrite }: { thread: Thread; canWrite: boolean }) {
  const { change, error, reset, retry } = useThreadNeeds(thread.id);
  const needs = thread.customer_needs;
  const linked = needs.map(linkedOf);
  const picker = (trigger: ReactNode, align: "start" | "end") => (
    <ProjectPicker value={linked} align={align} trigger={trigger} onPick={change} />
  );
  return (
    <Section
      name="needs"
      title="Projects and issues"
      count={needs.length > 0 ? String(needs.length) : undefined}
      isPressing={error !== null}
      actions={
        needs.length > 0 && canWrite
          ? picker(
              <IconButton label="Link a project or an issue" icon={<Link2 size={16} />} />,
              "end",
            )
          : null
      }
    >
      {needs.length > 0 ? (
        <ul className={styles.links}>
          {needs.map((need) => (
            <li key={`${need.project_id ?? ""} ${need.issue_id ?? ""}`}>
              <NeedRow
                need={need}
                onRemove={
                  canWrite ? () => change({ added: [], removed: [linkedOf(need)] }) : undefined
                }
              />
            </li>
          ))}
        </ul>
      ) : canWrite ? (
        <div>{picker(<Button size="small">Link a project or an issue</Button>, "start")}</div>
      ) : (
        <p className={styles.quiet}>Nothing is linked</p>
      )}
      {error && (
        <Refused
          reason={`It was not changed: ${reasonOf(error)}`}
          onDismiss={reset}
          onRetry={error instanceof ApiError && error.isTransient ? retry : undefined}
        />
      )}
    </Section>
  );
}

interface Named {
  name: string;
  status: string;
  score: number;
  icon: ReactNode;
}

/** What a link leads to, in one shape for both kinds. */
function useNamed({ kind, id }: Linked): { named: Named | null; isGone: boolean } {
  const project = useQuery({ ...projectQuery(id), enabled: kind === "project" });
  const issue = useQuery({ ...issueQuery(id), enabled: kind === "issue" });
  const isGone = kind === "project" ? project.isError : issue.isError;
  if (project.data) {
    const { name, status, total_score } = project.data;
    const icon =
      project.data.icon === null && project.data.color === null ? (
        <FolderKanban size={16} aria-hidden />
      ) : (
        <TagIcon tag={project.data} size={18} />
      );
    return {
      named: { name, status: status.name, score: total_score, icon },
      isGone,
    };
  }
  if (issue.data) {
    const { title, state, total_score } = issue.data;
    const icon = <CircleDot size={16} aria-hidden />;
    return {
      named: { name: title, status: state.name, score: total_score, icon },
      isGone,
    };
  }
  return { named: null, isGone };
}

function NeedRow({ need, onRemove }: { need: CustomerNeed; onRemove: (() => void) | undefined }) {
  const linked = linkedOf(need);
  const { named, isGone } = useNamed(linked);
  const kind = linked.kind === "project" ? "Project" : "Issue";
  const name = named?.name ?? (isGone ? `${kind} that cannot be shown` : null);
  const words = named && [
    named.status,
    `score ${formatNumber(named.score)}`,
    ...(need.priority > 0 ? [`priority ${formatNumber(need.priority)}`] : []),
  ];
  return (
    <div className={styles.need}>
      {named?.icon ?? <span />}
      {name === null ? (
        <Skeleton height={16} />
      ) : (
        <div className={styles.cut}>
          <div className={styles.cut} dir="auto" title={name}>
            <span className="visually-hidden">{kind}: </span>
            {name}
          </div>
          <span className={styles.under}>{words?.join(" · ")}</span>
        </div>
      )}
      {onRemove && (
        <IconButton
          label={`Unlink ${name ?? kind.toLowerCase()}`}
          icon={<X size={14} />}
          onClick={onRemove}
        />
      )}
    </div>
  );
}
