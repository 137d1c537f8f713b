import { render, screen } from "@testing-library/react";
import { Component, type ReactNode, Suspense } from "react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { lazyPart } from "./lazy-part";
import { checkPage, isPageOld } from "./page-version";

const pageOf = (main: string): string =>
  `<!doctype html><script src="/theme.js" nonce="1"></script>` +
  `<script nonce="1" type="module" crossorigin src="${main}"></script>`;

beforeEach(() => {
  const script = document.createElement("script");
  // As an attribute of no script that would run.
  script.setAttribute("type", "module");
  script.setAttribute("src", "/assets/index-11111111.js");
  document.head.append(script);
});
afterEach(() => {
  document.head.replaceChildren();
  isPageOld.set(false);
  vi.unstubAllGlobals();
});

const serves = (answer: () => Promise<Response>) => vi.stubGlobal("fetch", vi.fn(answer));

it("is old once the server has another page", async () => {
  serves(() => Promise.resolve(new Response(pageOf("/assets/index-11111111.js"))));
  expect(await checkPage()).toBe(false);
  serves(() => Promise.reject(new TypeError("Failed to fetch")));
  expect(await checkPage()).toBe(false);
  serves(() => Promise.resolve(new Response("Bad gateway", { status: 502 })));
  expect(await checkPage()).toBe(false);
  serves(() => Promise.resolve(new Response(pageOf("/assets/index-22222222.js"))));
  expect(await checkPage()).toBe(true);
  expect(isPageOld.get()).toBe(true);
});

class Boundary extends Component<{ children: ReactNode }> {
  override state = { hasFailed: false };
  static getDerivedStateFromError = () => ({ hasFailed: true });
  override render() {
    return this.state.hasFailed ? <p>It is gone</p> : this.props.children;
  }
}

it("asks again for a part that did not come, and gives it up where it is gone", async () => {
  const gone = new TypeError("Failed to fetch dynamically imported module");
  serves(() => Promise.reject(new TypeError("Failed to fetch")));
  const load = vi.fn(() => Promise.resolve(() => <p>Here it is</p>));
  load.mockRejectedValueOnce(gone);
  const Part = lazyPart(load, 1);
  render(
    <Suspense>
      <Part />
    </Suspense>,
  );
  expect(await screen.findByText("Here it is")).toBeTruthy();

  serves(() => Promise.resolve(new Response(pageOf("/assets/index-22222222.js"))));
  vi.spyOn(console, "error").mockImplementation(() => undefined);
  const Gone = lazyPart(() => Promise.reject<() => ReactNode>(gone), 1);
  render(
    <Boundary>
      <Suspense>
        <Gone />
      </Suspense>
    </Boundary>,
  );
  expect(await screen.findByText("It is gone")).toBeTruthy();
  expect(isPageOld.get()).toBe(true);
});
