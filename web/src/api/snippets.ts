import { useQuery } from "@tanstack/react-query";
import { allPages } from "./all-pages";
import { useChange } from "./change";
import { take, takeAll, v2 } from "./client";
import { keys } from "./keys";
import type { components } from "./schema";
import type { Snippet, SnippetFolder } from "./types";

type Schemas = components["schemas"];

const at = (id: string) => ({ params: { path: { id } } });

export const useSnippets = () =>
  useQuery({
    queryKey: [...keys.snippets, "list"],
    queryFn: ({ signal }): Promise<Snippet[]> =>
      allPages((query) => take(v2.GET("/snippets", { params: { query }, signal }))),
    staleTime: 5 * 60_000,
  });

export const useSnippetFolders = () =>
  useQuery({
    queryKey: keys.snippetFolders,
    queryFn: ({ signal }): Promise<SnippetFolder[]> =>
      allPages((query) => take(v2.GET("/snippets/folders", { params: { query }, signal }))),
  });

export const useCreateSnippet = () =>
  useChange(
    (body: Schemas["SnippetCreate"]) => takeAll(v2.POST("/snippets", { body })),
    [keys.snippets],
  );

export const useUpdateSnippet = () =>
  useChange(
    ({ snippet, body }: { snippet: Snippet; body: Schemas["SnippetPatch"] }) =>
      takeAll(v2.PATCH("/snippets/{id}", { ...at(snippet.id), body })),
    [keys.snippets],
    ({ snippet }) => `Changed the snippet ${snippet.title}`,
  );

export const useDeleteSnippet = () =>
  useChange(
    (snippet: Snippet) => takeAll(v2.DELETE("/snippets/{id}", at(snippet.id))),
    [keys.snippets],
    (snippet) => `Deleted the snippet ${snippet.title}`,
  );

export const useCreateFolder = () =>
  useChange(
    (body: Schemas["SnippetFolderCreate"]) => takeAll(v2.POST("/snippets/folders", { body })),
    [keys.snippets],
  );

export const useUpdateFolder = () =>
  useChange(
    ({ folder, name }: { folder: SnippetFolder; name: string }) =>
      takeAll(v2.PATCH("/snippets/folders/{id}", { ...at(folder.id), body: { name } })),
    [keys.snippets],
    ({ folder }) => `Renamed the folder ${folder.name}`,
  );

export const useDeleteFolder = () =>
  useChange(
    (folder: SnippetFolder) => takeAll(v2.DELETE("/snippets/folders/{id}", at(folder.id))),
    [keys.snippets],
    (folder) => `Deleted the folder ${folder.name}`,
  );
