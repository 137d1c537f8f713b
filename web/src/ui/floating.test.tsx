import { act, fireEvent, render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { Button } from "./Button";
import { IconButton } from "./IconButton";
import { Menu, MenuItem } from "./Menu";
import { TooltipProvider } from "./Tooltip";

beforeAll(() => {
  // What the browser has and jsdom has not.
  vi.stubGlobal(
    "ResizeObserver",
    class {
      observe(): void {}
      unobserve(): void {}
      disconnect(): void {}
    },
  );
  Element.prototype.scrollIntoView = () => undefined;
});

const renderMenu = (onSelect = vi.fn()) => {
  render(
    <Menu trigger={<Button>More</Button>}>
      <MenuItem onSelect={onSelect}>First</MenuItem>
      <MenuItem onSelect={onSelect}>Second</MenuItem>
    </Menu>,
  );
  return { onSelect, button: screen.getByRole("button", { name: "More" }) };
};

describe("a menu", () => {
  it("opens at the first press, and its button stays the same element", async () => {
    const { button } = renderMenu();
    expect(button.getAttribute("aria-expanded")).toBe("false");
    await userEvent.click(button);
    expect(screen.getByRole("menu", { name: "More" })).toBeTruthy();
    expect(button.isConnected).toBe(true);
    expect(button.getAttribute("aria-expanded")).toBe("true");
  });

  it("opens by key at its first item, and gives the focus back", async () => {
    const { button, onSelect } = renderMenu();
    await userEvent.tab();
    expect(document.activeElement).toBe(button);
    await userEvent.keyboard("{Enter}");
    await waitFor(() => expect(document.activeElement?.textContent).toBe("First"));
    await userEvent.keyboard("{ArrowDown}{Enter}");
    expect(onSelect).toHaveBeenCalledTimes(1);
    await waitFor(() => expect(document.activeElement).toBe(button));
  });

  it("closes at the second press", async () => {
    const { button } = renderMenu();
    await userEvent.click(button);
    fireEvent.pointerDown(button, { button: 0 });
    await waitFor(() => expect(screen.queryByRole("menu")).toBeNull());
  });
});

describe("the tooltip", () => {
  const renderTwo = () =>
    render(
      <TooltipProvider>
        <IconButton label="Snooze" shortcut="H" icon={<span />} />
        <IconButton label="Assign" icon={<span />} />
      </TooltipProvider>,
    );
  const shown = () => screen.queryByRole("tooltip")?.textContent;

  it("is shown once the pointer rests, and the next one at once", () => {
    vi.useFakeTimers();
    renderTwo();
    const enter = (name: string): void => {
      fireEvent.pointerOver(screen.getByRole("button", { name }), { pointerType: "mouse" });
    };
    enter("Snooze");
    act(() => void vi.advanceTimersByTime(300));
    expect(shown()).toBeUndefined();
    act(() => void vi.advanceTimersByTime(200));
    expect(shown()).toBe("Snooze H");
    enter("Assign");
    expect(shown()).toBe("Assign");
    fireEvent.pointerDown(screen.getByRole("button", { name: "Assign" }));
    expect(shown()).toBeUndefined();
    vi.useRealTimers();
  });

  it("describes what it belongs to for as long as it is shown, and goes by Esc", async () => {
    renderTwo();
    const button = screen.getByRole("button", { name: "Snooze" });
    // jsdom does not say which focus is seen.
    vi.spyOn(button, "matches").mockImplementation((what) => what === ":focus-visible");
    act(() => button.focus());
    const id = button.getAttribute("aria-describedby") ?? "";
    expect(document.querySelectorAll(`[id="${id}"]`)).toHaveLength(1);
    expect(document.getElementById(id)?.textContent).toBe("Snooze");
    await userEvent.keyboard("{Escape}");
    expect(shown()).toBeUndefined();
    expect(button.hasAttribute("aria-describedby")).toBe(false);
  });
});
