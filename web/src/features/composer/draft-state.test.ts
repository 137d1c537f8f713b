import { describe, expect, it } from "vitest";
import { type Draft, type LocalText, draftState } from "./draft-state";

const EARLY = "2026-03-01T09:00:00.000Z";
const NOON = "2026-03-01T12:00:00.000Z";
const LATE = "2026-03-01T15:00:00.000Z";

const none: Draft = { html: null, generatedAt: null, startedAt: null, errorAt: null };
const made: Draft = { ...none, html: "<p>Hello</p>", generatedAt: NOON };
const empty: LocalText = { isEmpty: true, draftAt: null, isEdited: false };
const typed: LocalText = { isEmpty: false, draftAt: null, isEdited: false };
const untouched: LocalText = { isEmpty: false, draftAt: NOON, isEdited: false };
const edited: LocalText = { isEmpty: false, draftAt: NOON, isEdited: true };
const nothing = {
  badge: null,
  chip: null,
  hasNewer: false,
  failedAt: null,
  isStale: false,
  loads: false,
  swaps: false,
  unloads: false,
};

describe("nothing started, no draft, no error", () => {
  it.each([
    ["empty", empty],
    ["typed", typed],
  ])("shows nothing beside %s text", (_name, local) => {
    expect(draftState(none, local, EARLY)).toEqual(nothing);
  });
});

describe("started, no draft", () => {
  it.each([
    ["empty", empty],
    ["typed", typed],
  ])("says that it is being drafted, beside %s text", (_name, local) => {
    const state = draftState({ ...none, startedAt: NOON }, local, EARLY);
    expect(state).toEqual({ ...nothing, badge: "drafting" });
  });
});

describe("a draft", () => {
  it("loads by itself where nothing is written", () => {
    expect(draftState(made, empty, EARLY)).toEqual({ ...nothing, chip: "drafted", loads: true });
    expect(draftState(made, empty, null).loads).toBe(true);
  });

  it("is offered beside what was typed, and never replaces it by itself", () => {
    expect(draftState(made, typed, EARLY)).toEqual({ ...nothing, chip: "use" });
  });

  it("that is the text says so", () => {
    expect(draftState(made, untouched, EARLY)).toEqual({ ...nothing, chip: "drafted" });
  });

  it("that was edited says so", () => {
    expect(draftState(made, edited, EARLY)).toEqual({ ...nothing, chip: "edited" });
  });

  it("does not load a second time once its text was deleted by hand", () => {
    const deleted: LocalText = { isEmpty: true, draftAt: NOON, isEdited: true };
    expect(draftState(made, deleted, EARLY)).toEqual({ ...nothing, chip: "use" });
    const newer = { ...made, html: "<p>Better</p>", generatedAt: LATE };
    expect(draftState(newer, deleted, EARLY).loads).toBe(true);
  });
});

describe("a draft that failed", () => {
  it.each([
    ["empty", empty],
    ["typed", typed],
    ["edited", edited],
  ])("says when, beside %s text", (_name, local) => {
    expect(draftState({ ...none, errorAt: LATE }, local, EARLY).failedAt).toBe(LATE);
  });

  it("leaves the one from before usable", () => {
    const state = draftState({ ...made, errorAt: LATE }, empty, EARLY);
    expect(state).toMatchObject({ failedAt: LATE, loads: true, chip: "drafted" });
  });
});

describe("a draft that is being updated", () => {
  it("is the old one, with a badge", () => {
    const state = draftState({ ...made, startedAt: LATE }, typed, EARLY);
    expect(state).toEqual({ ...nothing, badge: "updating", chip: "use" });
    expect(draftState({ ...made, startedAt: LATE }, empty, EARLY).loads).toBe(true);
  });
});

describe("a draft from before the last message", () => {
  it("never loads by itself, and stays usable", () => {
    const state = draftState(made, empty, LATE);
    expect(state).toEqual({ ...nothing, chip: "use", isStale: true });
    expect(draftState(made, typed, LATE)).toEqual({ ...nothing, chip: "use", isStale: true });
  });

  it("says so where it is the text already", () => {
    expect(draftState(made, untouched, LATE)).toEqual({
      ...nothing,
      chip: "drafted",
      isStale: true,
    });
  });

  it("made at the very moment of the message is not older", () => {
    expect(draftState(made, empty, NOON).isStale).toBe(false);
  });
});

describe("a draft that arrives or changes meanwhile", () => {
  const newer: Draft = { ...made, html: "<p>Better</p>", generatedAt: LATE };

  it("swaps while nobody touched it", () => {
    expect(draftState(newer, untouched, EARLY)).toEqual({
      ...nothing,
      chip: "drafted",
      swaps: true,
    });
  });

  it("leaves what was edited, and can be looked at", () => {
    expect(draftState(newer, edited, EARLY)).toEqual({
      ...nothing,
      chip: "edited",
      hasNewer: true,
    });
  });

  it("takes its text away with it while nobody touched that", () => {
    expect(draftState(none, untouched, EARLY)).toMatchObject({ unloads: true });
    expect(draftState(none, edited, EARLY)).toMatchObject({ unloads: false, chip: "edited" });
  });
});
