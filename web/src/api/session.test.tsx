import { QueryClientProvider } from "@tanstack/react-query";
import { renderHook, waitFor } from "@testing-library/react";
import type { ReactNode } from "react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { page } from "@/lib/page";
import { readStored, writeStored } from "@/lib/stored";
import { keys } from "./keys";
import { makeQueryClient } from "./query-client";
import { beginSession, useFollowSession, useSignOut } from "./session";
import type { Session } from "./types";

const sessionOf = (id: string) => ({ csrf_token: "token", member: { id } }) as unknown as Session;

const answers = (status: number) =>
  vi.stubGlobal(
    "fetch",
    vi.fn(() =>
      Promise.resolve(
        new Response(JSON.stringify(status < 400 ? { id: "1", deleted: true } : {}), {
          status,
          headers: { "Content-Type": "application/json" },
        }),
      ),
    ),
  );

function start(id = "ada") {
  const client = makeQueryClient();
  beginSession(client, sessionOf(id));
  const wrapper = ({ children }: { children: ReactNode }) => (
    <QueryClientProvider client={client}>{children}</QueryClientProvider>
  );
  return { client, wrapper };
}

beforeEach(() => {
  vi.spyOn(page, "reload").mockReturnValue(undefined);
  vi.spyOn(page, "goTo").mockReturnValue(undefined);
});
afterEach(() => vi.unstubAllGlobals());

const inAnotherTab = (value: string | null): void => {
  writeStored("member", value);
  window.dispatchEvent(new StorageEvent("storage", { key: "looplane.member", newValue: value }));
};

it("leaves nothing of a person behind, but the looks of the browser", async () => {
  answers(200);
  const { client, wrapper } = start();
  client.setQueryData(keys.tags, []);
  writeStored("images.ada@example.com", "yes");
  writeStored("theme", "dark");
  const save = vi.fn(() => Promise.resolve());
  const { result } = renderHook(() => useSignOut(save), { wrapper });
  result.current.mutate();
  await waitFor(() => expect(page.goTo).toHaveBeenCalledWith("/sign-in"));
  expect(save).toHaveBeenCalledOnce();
  expect(client.getQueryCache().getAll()).toEqual([]);
  expect(Object.keys(localStorage)).toEqual(["looplane.theme"]);
});

it("signs out whose session has ended already", async () => {
  answers(401);
  const { wrapper } = start();
  const { result } = renderHook(() => useSignOut(() => Promise.resolve()), { wrapper });
  result.current.mutate();
  await waitFor(() => expect(page.goTo).toHaveBeenCalledWith("/sign-in"));
});

it("stays signed in where the server does not know of it, or a text is not saved", async () => {
  answers(503);
  const { wrapper } = start();
  const failed = renderHook(() => useSignOut(() => Promise.resolve()), { wrapper }).result;
  failed.current.mutate();
  await waitFor(() => expect(failed.current.isError).toBe(true));
  const unsaved = renderHook(() => useSignOut(() => Promise.reject(new Error("no"))), { wrapper });
  answers(200);
  unsaved.result.current.mutate();
  await waitFor(() => expect(unsaved.result.current.isError).toBe(true));
  expect(page.goTo).not.toHaveBeenCalled();
  expect(readStored("member")).toBe("ada");
});

it("follows what another tab makes of the session", () => {
  const { wrapper } = start();
  renderHook(() => useFollowSession(), { wrapper });
  inAnotherTab("ada");
  expect(page.reload).not.toHaveBeenCalled();
  inAnotherTab("bob");
  expect(page.reload).toHaveBeenCalledTimes(1);
  inAnotherTab(null);
  expect(page.reload).toHaveBeenCalledTimes(2);
});

it("shows nobody a page that the browser kept from before", () => {
  const { wrapper } = start();
  renderHook(() => useFollowSession(), { wrapper });
  const back = (): void => {
    const event = new Event("pageshow");
    Object.assign(event, { persisted: true });
    window.dispatchEvent(event);
  };
  back();
  expect(page.reload).not.toHaveBeenCalled();
  localStorage.removeItem("looplane.member");
  back();
  expect(page.reload).toHaveBeenCalledOnce();
});
