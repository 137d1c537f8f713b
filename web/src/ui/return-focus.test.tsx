import { act, fireEvent, render, screen } from "@testing-library/react";
import { useState } from "react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { Dialog } from "./Dialog";
import { FloatingPanel } from "./FloatingPanel";
import { Menu, MenuItem } from "./Menu";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function Page() {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Menu trigger={<button type="button">More</button>}>
        <MenuItem onSelect={() => setOpen(true)}>Snooze</MenuItem>
      </Menu>
      <FloatingPanel
        open={isOpen}
        onOpenChange={setOpen}
        label="Snooze"
        onEscapeKeyDown={() => undefined}
      >
        <input aria-label="Until" />
      </FloatingPanel>
    </>
  );
}

it("leaves the focus to what was opened as a menu closed", () => {
  render(<Page />);
  act(() => {
    screen.getByText("More").focus();
  });
  fireEvent.keyDown(screen.getByText("More"), { key: "Enter" });
  act(() => {
    vi.advanceTimersByTime(50);
  });
  fireEvent.click(screen.getByRole("menuitem"));
  act(() => {
    vi.advanceTimersByTime(50);
  });
  expect(screen.getByLabelText("Until")).toBe(document.activeElement);
});

it("gives the focus back where it is nowhere", () => {
  render(<Page />);
  act(() => {
    screen.getByText("More").focus();
  });
  fireEvent.keyDown(screen.getByText("More"), { key: "Enter" });
  act(() => {
    vi.advanceTimersByTime(50);
  });
  fireEvent.keyDown(document.activeElement ?? document.body, { key: "Escape" });
  act(() => {
    vi.advanceTimersByTime(50);
  });
  expect(screen.getByText("More")).toBe(document.activeElement);
});

function Asking() {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <input aria-label="Reply" onChange={() => setOpen(true)} />
      {isOpen && (
        <Dialog open onOpenChange={setOpen} title="Sign in again">
          <input aria-label="Password" autoFocus />
        </Dialog>
      )}
    </>
  );
}

it("gives it back though a field of the dialog took it by itself, before the dialog was asked", () => {
  render(<Asking />);
  const reply = screen.getByLabelText("Reply");
  act(() => {
    reply.focus();
  });
  fireEvent.change(reply, { target: { value: "H" } });
  expect(screen.getByLabelText("Password")).toBe(document.activeElement);
  fireEvent.keyDown(document.activeElement ?? document.body, { key: "Escape" });
  act(() => {
    vi.advanceTimersByTime(50);
  });
  expect(reply).toBe(document.activeElement);
});
