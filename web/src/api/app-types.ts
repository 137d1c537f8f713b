// By hand until the contract has /api/app; then schema.d.ts takes over and this file goes.
export interface Session {
  member: {
    id: string;
    name: string | null;
    email: string;
    image_url: string | null;
    role: "ADMIN" | "USER" | "VIEWER";
  };
  workspace: { id: string; name: string };
  csrf_token: string;
  session_id: string;
  expires_at: string;
}

export interface SignIn {
  email: string;
  password: string;
  totp?: string;
}

export interface FirstRun {
  name: string;
  email: string;
  password: string;
}

export interface UnsentReply {
  html: string;
  cc: unknown[];
  bcc: unknown[];
  attachments: unknown[];
  ai_draft_generated_at: string | null;
  updated_at: string;
  problem: string | null;
}

export interface UnsentOut {
  thread_id: string;
  reply: UnsentReply | null;
  comment: { html: string; updated_at: string } | null;
}

export interface UnsentThread {
  thread_id: string;
  modes: ("reply" | "comment")[];
  has_problem: boolean;
  updated_at: string;
}

export interface ThreadChange {
  status?: "done" | "snoozed";
  snoozed_until?: string;
  closed_loop?: boolean;
}

export interface HeldOut {
  id: string;
  thread_id: string;
  state: "held" | "sent" | "taken_back" | "returned";
  content: string;
  cc: unknown[];
  bcc: unknown[];
  then: ThreadChange;
  held_for: number;
  due_at: string;
  created_at: string;
  message_id: string | null;
}
