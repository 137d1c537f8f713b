import type { QueryClient } from "@tanstack/react-query";
import { take, v2 } from "./client";
import { keys } from "./keys";
import { issueQuery, projectQuery, tagGroupsQuery, tagsQuery } from "./lookups";
import type { Company, Contact, Issue, Project, Tag, TagGroup } from "./types";

// What pickers make of the words that were typed.

/** Makes a tag with the colour of its group; its picture is chosen in the settings. */
export async function createTag(
  client: QueryClient,
  name: string,
  group: TagGroup | null,
): Promise<Tag> {
  const of =
    group ?? (await take(v2.POST("/tags/groups", { body: { name: "Tags", color: "#64748b" } })));
  const tag = await take(
    v2.POST("/tags", { body: { name, color: of.color, icon: "Tag", tag_group_id: of.id } }),
  );
  client.setQueryData<Tag[]>(tagsQuery.queryKey, (tags) => tags && [...tags, tag]);
  if (!group) void client.invalidateQueries({ queryKey: tagGroupsQuery.queryKey });
  return tag;
}

export async function createContact(client: QueryClient, email: string): Promise<Contact> {
  const contact = await take(v2.POST("/contacts", { body: { email, is_subscribed: true } }));
  client.setQueryData(keys.contact(contact.id), contact);
  void client.invalidateQueries({ queryKey: keys.contacts });
  return contact;
}

export async function createCompany(client: QueryClient, name: string): Promise<Company> {
  const company = await take(v2.POST("/companies", { body: { name } }));
  client.setQueryData(keys.company(company.id), company);
  void client.invalidateQueries({ queryKey: keys.companies });
  return company;
}

export async function createProject(
  client: QueryClient,
  name: string,
  teamId: string,
): Promise<Project> {
  const project = await take(
    v2.POST("/projects", { body: { name, team_id: teamId, is_visible: false } }),
  );
  client.setQueryData(projectQuery(project.id).queryKey, project);
  void client.invalidateQueries({ queryKey: [...keys.projects, "search"] });
  return project;
}

/** Makes an issue in the state where those of its team begin. */
export async function createIssue(
  client: QueryClient,
  title: string,
  teamId: string,
): Promise<Issue> {
  const states = await client.query({
    queryKey: ["workflow-states", teamId],
    queryFn: () =>
      take(v2.GET("/issues/workflow-states", { params: { query: { team_id: teamId } } })),
    staleTime: 5 * 60_000,
  });
  const first =
    states.data.find((state) => state.type === "triage") ??
    states.data.find((state) => state.type === "backlog") ??
    states.data[0];
  if (!first) throw new Error("The team has no state in which an issue could begin.");
  const issue = await take(
    v2.POST("/issues", {
      body: { title, team_id: teamId, state_id: first.id, priority: 0, is_visible: false },
    }),
  );
  client.setQueryData(issueQuery(issue.id).queryKey, issue);
  void client.invalidateQueries({ queryKey: [...keys.issues, "search"] });
  return issue;
}
