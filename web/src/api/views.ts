import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { allPages } from "./all-pages";
import { take, v2 } from "./client";
import { keys } from "./keys";
import type { ThreadFilter } from "./list-rules";
import type { components } from "./schema";
import type { View } from "./types";

type NewView = components["schemas"]["ViewCreate"];
type ViewChange = components["schemas"]["ViewPatch"];

/** The shared views and one's own, in their order. */
export const useViews = () =>
  useQuery({
    queryKey: keys.views,
    queryFn: ({ signal }): Promise<View[]> =>
      allPages((query) => take(v2.GET("/views", { params: { query }, signal }))),
    staleTime: 60_000,
  });

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
