import { type QueryClient, useQueryClient } from "@tanstack/react-query";
import { CircleDot, FolderKanban } from "lucide-react";
import { useCallback } from "react";
import { createIssue, createProject } from "@/api/lookup-writes";
import { issueQuery, projectQuery, searchIssues, searchProjects } from "@/api/lookups";
import type { Linked } from "@/api/needs";
import { useSession } from "@/api/session";
import type { Issue, Project } from "@/api/types";
import { TagIcon } from "@/lib/TagIcon";
import { Combobox } from "@/ui/Combobox";
import type { ComboboxItem, CreateOption } from "@/ui/combobox-items";
import { type PickerProps, given } from "./picker-props";

const keyOf = ({ kind, id }: Linked): string => `${kind} ${id}`;

function linkedOf(key: string): Linked {
  const [kind = "", id = ""] = key.split(" ");
  return { kind: kind === "issue" ? "issue" : "project", id };
}

const projectItem = (project: Project, group = "Projects"): ComboboxItem => ({
  id: keyOf({ kind: "project", id: project.id }),
  label: project.name,
  detail: project.status.name,
  icon:
    project.icon === null && project.color === null ? (
      <FolderKanban size={20} aria-hidden />
    ) : (
      <TagIcon tag={project} />
    ),
  group,
});

const issueItem = (issue: Issue, group = "Issues"): ComboboxItem => ({
  id: keyOf({ kind: "issue", id: issue.id }),
  label: issue.title,
  detail: issue.state.name,
  icon: <CircleDot size={20} aria-hidden />,
  group,
});

async function linkedItem(client: QueryClient, { kind, id }: Linked): Promise<ComboboxItem[]> {
  try {
    return kind === "project"
      ? [projectItem(await client.query({ ...projectQuery(id), staleTime: 60_000 }), "Linked")]
      : [issueItem(await client.query({ ...issueQuery(id), staleTime: 60_000 }), "Linked")];
  } catch {
    // What cannot be named stays linked; it is only not in the list.
    return [];
  }
}

/** Picks any number of projects and issues: what is linked stands first. */
export function ProjectPicker({
  value,
  onPick,
  ...rest
}: PickerProps & {
  value: readonly Linked[];
  onPick: (change: { added: Linked[]; removed: Linked[] }) => void;
}) {
  const client = useQueryClient();
  const { default_linear_team_id: team } = useSession();
  const linked = value.map(keyOf).join();
  const items = useCallback(
    async (query: string) => {
      const [projects, issues] = await Promise.all([
        searchProjects(client, query),
        searchIssues(client, query),
      ]);
      const first = linked === "" || query.trim() !== "" ? [] : linked.split(",");
      const shown = await Promise.all(first.map((key) => linkedItem(client, linkedOf(key))));
      const all = [
        ...projects.map((one) => projectItem(one)),
        ...issues.map((one) => issueItem(one)),
      ];
      return [...shown.flat(), ...all.filter((item) => !first.includes(item.id))];
    },
    [client, linked],
  );
  const creates = (text: string): CreateOption[] => {
    if (team === null) return [];
    return [
      {
        label: `Create the issue “${text}”`,
        make: async () => issueItem(await createIssue(client, text, team)),
      },
      {
        label: `Create the project “${text}”`,
        make: async () => projectItem(await createProject(client, text, team)),
      },
    ];
  };
  return (
    <Combobox
      {...given(rest)}
      label="Projects and issues"
      placeholder="Find a project or an issue…"
      isMultiple
      items={items}
      value={value.map(keyOf)}
      creates={creates}
      onChange={(ids) => {
        const before = value.map(keyOf);
        onPick({
          added: ids.filter((id) => !before.includes(id)).map(linkedOf),
          removed: before.filter((id) => !ids.includes(id)).map(linkedOf),
        });
      }}
    />
  );
}
