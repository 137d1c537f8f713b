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
