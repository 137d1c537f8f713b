import { fireEvent, render, screen } from "@testing-library/react";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { ActionsProvider, useAction } from "./actions";
import { SHORTCUTS, type ActionId, keyLabels } from "./shortcuts";

function Handles({
  id,
  run,
  enabled = true,
}: {
  id: ActionId;
  run: () => void;
  enabled?: boolean;
}) {
  useAction(id, run, { enabled });
  return <input aria-label="Words" />;
}

const show = (id: ActionId, run: () => void, enabled = true) =>
  render(
    <ActionsProvider>
      <Handles id={id} run={run} enabled={enabled} />
    </ActionsProvider>,
  );

const press = (key: string, more: KeyboardEventInit = {}, on: Element = document.body) =>
  fireEvent.keyDown(on, { key, ...more });

describe("keys", () => {
  beforeEach(() => localStorage.clear());

  it("run what is on the screen", () => {
    const run = vi.fn();
    const { unmount } = show("next", run);
    press("j");
    expect(run).toHaveBeenCalledOnce();
    unmount();
    press("j");
    expect(run).toHaveBeenCalledOnce();
  });

  it("tell a capital from a small letter", () => {
    const run = vi.fn();
    show("done-closed", run);
    press("e");
    expect(run).not.toHaveBeenCalled();
    press("E", { shiftKey: true });
    expect(run).toHaveBeenCalledOnce();
  });

  it("come one after the other", () => {
    const run = vi.fn();
    show("go-new", run);
    press("n");
    press("g");
    press("n");
    expect(run).toHaveBeenCalledOnce();
  });

  it("are letters in a field, but for those with Ctrl", () => {
    const run = vi.fn();
    show("palette", run);
    press("k", { ctrlKey: true }, screen.getByLabelText("Words"));
    expect(run).toHaveBeenCalledOnce();
    const other = vi.fn();
    show("reply", other);
    press("r", {}, screen.getAllByLabelText("Words")[0]);
    expect(other).not.toHaveBeenCalled();
  });

  it("do nothing behind a dialog", () => {
    const run = vi.fn();
    show("next", run);
    const dialog = document.createElement("div");
    dialog.setAttribute("role", "dialog");
    dialog.dataset["state"] = "open";
    document.body.append(dialog);
    press("j");
    dialog.remove();
    expect(run).not.toHaveBeenCalled();
  });

  it("can be changed, and switched off", () => {
    const run = vi.fn();
    show("next", run);
    localStorage.setItem("looplane.keys", JSON.stringify({ keys: { next: ["n"] } }));
    press("j");
    expect(run).not.toHaveBeenCalled();
    press("n");
    expect(run).toHaveBeenCalledOnce();
    localStorage.setItem("looplane.keys", JSON.stringify({ off: true }));
    press("j");
    expect(run).toHaveBeenCalledOnce();
  });

  it("do nothing where the action is not enabled", () => {
    const run = vi.fn();
    show("next", run, false);
    press("j");
    expect(run).not.toHaveBeenCalled();
  });
});

it("gives each key to one action", () => {
  const all = SHORTCUTS.flatMap((shortcut) => [...shortcut.keys]);
  expect(new Set(all).size).toBe(all.length);
});

it("says keys as they are printed", () => {
  expect(keyLabels("mod+k")).toEqual(["Ctrl+K"]);
  expect(keyLabels("g n")).toEqual(["G", "N"]);
  expect(keyLabels("shift+e")).toEqual(["⇧E"]);
});
