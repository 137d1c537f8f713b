import { queryOptions, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { take, v2 } from "./client";
import { keys } from "./keys";
import type { ThreadFilter } from "./list-rules";
import type { components } from "./schema";
import type { View } from "./types";

export type NewView = components["schemas"]["ViewCreate"];
export type ViewChange = components["schemas"]["ViewPatch"];

export const viewsQuery = queryOptions({
  queryKey: keys.views,
  queryFn: async ({ signal }): Promise<View[]> => {
    const found: View[] = [];
    let cursor: string | null = null;
    do {
      const query: { limit: number; cursor?: string } = { limit: 200, ...(cursor && { cursor }) };
      const page = await take(v2.GET("/views", { params: { query }, signal }));
      found.push(...page.data);
      cursor = page.page.has_more ? page.page.cursor : null;
    } while (cursor !== null);
    return found;
  },
  staleTime: 60_000,
});

/** The shared views and one's own, in their order. */
export const useViews = () => useQuery(viewsQuery);

/** Only the filters that a view has set. */
export function filtersOfView(view: View): ThreadFilter {
  const set = Object.entries(view.filters).filter(([, value]) => value !== null);
  return Object.fromEntries(set);
}

export function useCreateView() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: NewView) => take(v2.POST("/views", { body })),
    onSuccess: (view) => {
      client.setQueryData<View[]>(keys.views, (before = []) => [
        ...before.filter(({ id }) => id !== view.id),
        view,
      ]);
      void client.invalidateQueries({ queryKey: keys.counts });
    },
  });
}

export function useUpdateView(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: ViewChange) =>
      take(v2.PATCH("/views/{id}", { params: { path: { id } }, body })),
    onSuccess: (view) => {
      client.setQueryData<View[]>(keys.views, (before) =>
        before?.map((one) => (one.id === id ? view : one)),
      );
      // Cursors of before are refused, so the list begins anew.
      client.removeQueries({ queryKey: [...keys.allThreads, id], type: "inactive" });
      void client.resetQueries({ queryKey: [...keys.allThreads, id] });
      void client.invalidateQueries({ queryKey: keys.counts });
    },
  });
}

export function useDeleteView(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => v2.DELETE("/views/{id}", { params: { path: { id } } }),
    onSuccess: () => {
      client.setQueryData<View[]>(keys.views, (before) => before?.filter((one) => one.id !== id));
      void client.invalidateQueries({ queryKey: keys.counts });
    },
  });
}
