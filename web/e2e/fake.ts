import type { Page } from "@playwright/test";

export const session = {
  member: {
    id: "m1",
    name: "Ada Lovelace",
    email: "ada@firm.example",
    image_url: null,
    role: "ADMIN",
  },
  workspace: { id: "w1", name: "Firm" },
  csrf_token: "csrf",
  session_id: "s1",
  expires_at: "2099-01-01T00:00:00Z",
};

export function fakeThread(n: number) {
  const at = new Date(Date.now() - n * 3_600_000).toISOString();
  return {
    id: `t${n}`,
    created_at: at,
    updated_at: at,
    title: n % 3 === 0 ? null : `The export stops at row ${n * 500}, and says nothing about it`,
    text: "<p>Thank you for the quick answer</p>",
    pain_level: "LOW",
    origin: "email",
    status: "open",
    tab: "open",
    snoozed_until: null,
    last_inbound_message_at: at,
    last_outbound_message_at: null,
    last_state_change_at: null,
    is_read: n % 2 === 0,
    contact: { id: "c1", email: "grace@navy.example", name: "Grace Hopper" },
    company: null,
    assignee: null,
    reporter: null,
    tags: [],
    customer_needs: [],
    external_ids: {},
    ai_draft_html: null,
    ai_draft_sources: null,
    ai_draft_generated_at: null,
    ai_draft_started_at: null,
    ai_draft_error_at: null,
  };
}

/** Answers for the server, so that the shell can be seen without one. */
export async function fakeServer(page: Page, { isSignedIn = true } = {}): Promise<void> {
  const threads = Array.from({ length: 40 }, (_, n) => fakeThread(n));
  await page.route("**/api/**", (route) => {
    const { pathname } = new URL(route.request().url());
    if (pathname === "/api/app/session" && !isSignedIn) {
      return route.fulfill({
        status: 401,
        json: { message: "Nobody is signed in.", code: "unauthenticated" },
      });
    }
    if (pathname === "/api/app/session") return route.fulfill({ json: session });
    if (pathname === "/api/v2/events/stream") {
      return route.fulfill({ contentType: "text/event-stream", body: "id: 1\n\n" });
    }
    if (pathname === "/api/v2/threads") {
      const page = { cursor: null, has_more: false, limit: 50 };
      return route.fulfill({ json: { data: threads, page } });
    }
    const thread = threads.find(({ id }) => pathname === `/api/v2/threads/${id}`);
    if (thread) return route.fulfill({ json: thread, headers: { ETag: '"1-0123456789abcdef"' } });
    return route.fulfill({
      status: 404,
      json: { message: "There is no such thing.", code: "not_found" },
    });
  });
}
