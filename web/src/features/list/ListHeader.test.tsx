import { QueryClientProvider } from "@tanstack/react-query";
import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it, vi } from "vitest";
import { keys } from "@/api/keys";
import { makeQueryClient } from "@/api/query-client";
import type { View } from "@/api/types";
import { ActionsProvider } from "@/lib/actions";
import { TooltipProvider } from "@/ui/Tooltip";
import { ListHeader } from "./ListHeader";

const saved = { id: "1", name: "Ours", sort: "created_at", filters: {} } as unknown as View;

async function open(role: string): Promise<string[]> {
  const client = makeQueryClient();
  client.setQueryData(keys.session, { member: { id: "ada", role } });
  render(
    <QueryClientProvider client={client}>
      <ActionsProvider>
        <TooltipProvider>
          <ListHeader
            view="1"
            saved={saved}
            filters={{}}
            onFiltersChange={vi.fn()}
            start={null}
            heading={{ current: null }}
            name="Ours"
            count={null}
            isFetching={false}
            isFiltering={false}
            onFilteringChange={vi.fn()}
          />
        </TooltipProvider>
      </ActionsProvider>
    </QueryClientProvider>,
  );
  await userEvent.click(screen.getByRole("button", { name: "How the list is shown" }));
  return screen.queryAllByRole("menuitem").map((item) => item.textContent);
}

it("offers a viewer no change of views, which the server would refuse", async () => {
  expect(await open("VIEWER")).toEqual([]);
});

it("offers it to who may", async () => {
  const offered = ["Select threadsX", "Save as a view…", "Change this view…", "Delete this view…"];
  expect(await open("USER")).toEqual(offered);
});
