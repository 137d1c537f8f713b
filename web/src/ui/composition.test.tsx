import { fireEvent, render, screen } from "@testing-library/react";
import { beforeAll, expect, it, vi } from "vitest";
import { Combobox } from "./Combobox";
import { Dialog } from "./Dialog";
import { EditableText } from "./EditableText";

beforeAll(() => {
  // The page of the tests has no size, and scrolls nowhere.
  Element.prototype.scrollIntoView = () => undefined;
});

const ITEMS = [
  { id: "1", label: "東京" },
  { id: "2", label: "東北" },
];

// Chromium and Firefox say so; Safari has ended the composition by then, and says it by a number.
const OF_AN_INPUT_METHOD = [{ isComposing: true }, { keyCode: 229 }];

it.each(OF_AN_INPUT_METHOD)("a picker leaves the keys of an input method alone: %o", (event) => {
  const onChange = vi.fn();
  render(<Combobox label="City" open items={ITEMS} value={[]} onChange={onChange} />);
  const words = screen.getByRole("combobox");
  for (const key of ["ArrowDown", "Enter", "Escape", "Tab"]) {
    fireEvent.keyDown(words, { key, ...event });
  }
  expect(onChange).not.toHaveBeenCalled();
  expect(screen.getByRole("combobox")).toBe(words);
  expect(screen.getAllByRole("option")[0]?.dataset["active"]).toBe("true");
});

it.each(OF_AN_INPUT_METHOD)("a dialog is not closed by ending a composition: %o", (event) => {
  const onOpenChange = vi.fn();
  render(
    <Dialog open onOpenChange={onOpenChange} title="Rename">
      <input aria-label="Name" />
    </Dialog>,
  );
  fireEvent.keyDown(screen.getByLabelText("Name"), { key: "Escape", ...event });
  expect(onOpenChange).not.toHaveBeenCalled();
  fireEvent.keyDown(screen.getByLabelText("Name"), { key: "Escape" });
  expect(onOpenChange).toHaveBeenCalledWith(false);
});

it.each(OF_AN_INPUT_METHOD)("a text that is edited is not saved half-way: %o", (event) => {
  const onSave = vi.fn();
  render(<EditableText label="Name" value="" onSave={onSave} />);
  fireEvent.click(screen.getByRole("button"));
  fireEvent.change(screen.getByLabelText("Name"), { target: { value: "とう" } });
  fireEvent.keyDown(screen.getByLabelText("Name"), { key: "Enter", ...event });
  fireEvent.keyDown(screen.getByLabelText("Name"), { key: "Escape", ...event });
  expect(onSave).not.toHaveBeenCalled();
  expect(screen.getByLabelText("Name")).toHaveProperty("value", "とう");
});
