import { test as base, type BrowserContext, type Page } from "@playwright/test";
import { Api } from "./api";
import { Guards } from "./guards";
import { Looplane, type Inbound } from "./server";

type Role = "ADMIN" | "USER" | "VIEWER";
type State = Awaited<ReturnType<BrowserContext["storageState"]>>;
interface Member {
  id: string;
  email: string;
  name: string | null;
  role: Role;
}

interface OfWorker {
  /** Tests that name another server than the rest have one to themselves, as it is when new. */
  server: string;
  /** A server with the demo workspace, shared by all tests of a worker. */
  looplane: Looplane;
  /** The API with the demo's key. */
  api: Api;
  workspaceId: string;
  /** One member of each role, as the demo has them; the key is the ADMIN's. */
  members: Record<Role, Member>;
  /** Signs a member in, once for all tests: `state` is for contexts of the browser. */
  signIn: (member: Member) => Promise<State>;
}

interface OfTest {
  guards: Guards;
  /** A page in a browser of its own, in which a member of a role is signed in. */
  openAs: (role: Role) => Promise<Page>;
  /** A page in a browser of its own, in which nobody is signed in. */
  openAsNobody: () => Promise<Page>;
  /** A page in which the first ADMIN is signed in, at no address yet. */
  page: Page;
  /** Brings a customer's message. */
  receive: (message: Inbound) => Promise<{ message_id: string; thread_id: string }>;
}

export const test = base.extend<OfTest, OfWorker>({
  server: ["shared", { scope: "worker", option: true }],

  looplane: [
    async ({}, use) => {
      const looplane = await Looplane.start();
      await use(looplane);
      await looplane.stop();
    },
    { scope: "worker", timeout: 120_000 },
  ],

  api: [
    async ({ looplane, playwright }, use) => {
      const requests = await playwright.request.newContext({
        baseURL: `${looplane.url}/api/v2/`,
        extraHTTPHeaders: { Authorization: `Bearer ${looplane.greeting.key}` },
      });
      await use(new Api(requests));
      await requests.dispose();
    },
    { scope: "worker" },
  ],

  workspaceId: [
    async ({ api }, use) => {
      const me = await api.get<{ workspace_id: string }>("/me");
      await use(me.workspace_id);
    },
    { scope: "worker" },
  ],

  members: [
    async ({ api, looplane }, use) => {
      const { data } = await api.get<{ data: Member[] }>("/members");
      const keys = await api.get<{ data: { prefix: string; member_id: string }[] }>("/keys");
      const ours = keys.data.find(({ prefix }) => looplane.greeting.key.startsWith(prefix));
      const of = (role: Role): Member => {
        const found = data.find((member) => member.role === role);
        if (!found) throw new Error(`The demo has no ${role}.`);
        return found;
      };
      const admin = data.find((member) => member.id === ours?.member_id) ?? of("ADMIN");
      await use({ ADMIN: admin, USER: of("USER"), VIEWER: of("VIEWER") });
    },
    { scope: "worker" },
  ],

  signIn: [
    async ({ looplane, workspaceId, playwright }, use) => {
      const states = new Map<string, State>();
      await use(async (member) => {
        const known = states.get(member.id);
        if (known) return known;
        const words = ["member", "sign-in-link", member.email, "--workspace", workspaceId];
        const { url } = looplane.cli(...words) as { url: string };
        const requests = await playwright.request.newContext({ baseURL: looplane.url });
        const token = new URL(url).hash.slice(1);
        const answer = await requests.post("/api/app/session/by-link", { data: { token } });
        if (!answer.ok()) throw new Error(`${answer.status()}: ${await answer.text()}`);
        const state = await requests.storageState();
        await requests.dispose();
        states.set(member.id, state);
        return state;
      });
    },
    { scope: "worker" },
  ],

  baseURL: async ({ looplane }, use) => use(looplane.url),

  guards: [
    async ({ looplane }, use) => {
      const guards = new Guards(looplane.url);
      await use(guards);
      guards.check();
    },
    { auto: true },
  ],

  openAs: async ({ browser, contextOptions, baseURL, members, signIn, guards }, use) => {
    const opened: BrowserContext[] = [];
    await use(async (role) => {
      const storageState = await signIn(members[role]);
      const context = await browser.newContext({ ...contextOptions, ...at(baseURL), storageState });
      opened.push(context);
      guards.watch(context);
      return context.newPage();
    });
    for (const context of opened) await context.close();
  },

  openAsNobody: async ({ browser, contextOptions, baseURL, guards }, use) => {
    const opened: BrowserContext[] = [];
    await use(async () => {
      const context = await browser.newContext({ ...contextOptions, ...at(baseURL) });
      opened.push(context);
      guards.watch(context);
      return context.newPage();
    });
    for (const context of opened) await context.close();
  },

  page: async ({ openAs }, use) => use(await openAs("ADMIN")),

  receive: async ({ looplane, workspaceId }, use) =>
    use((message) => looplane.receive(workspaceId, message)),
});

const at = (baseURL: string | undefined) => (baseURL === undefined ? {} : { baseURL });

export { expect } from "@playwright/test";
