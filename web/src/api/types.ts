// Short names for what the contract calls otherwise; nothing is declared here.
import type { components } from "./schema";

type Schemas = components["schemas"];
export type Thread = Schemas["ThreadOut"];
export type ThreadPatch = Schemas["ThreadPatch"];
export type Message = Schemas["MessageOut"];
export type Comment = Schemas["CommentOut"];
export type FeedEvent = Schemas["EventOut"];
export type View = Schemas["ViewOut"];
export type Tag = Schemas["TagOut"];
export type Member = Schemas["MemberOut"];
export type Contact = Schemas["ContactOut"];
export type Company = Schemas["CompanyOut"];
export type TagGroup = Schemas["TagGroupOut"];
export type Project = Schemas["ProjectOut"];
export type Issue = Schemas["IssueOut"];
export type CustomerNeed = Schemas["CustomerNeedOut"];
export type UserRef = Schemas["UserRef"];
export type ContactCompany = Schemas["ContactCompanyOut"];
export type Session = Schemas["SessionOut"];
export type OwnSession = Schemas["OwnSessionOut"];
export type Link = Schemas["LinkOut"];
export type Invite = Schemas["InviteOut"];
export type ApiKey = Schemas["KeyOut"];
export type Snippet = Schemas["SnippetOut"];
export type SnippetFolder = Schemas["SnippetFolderOut"];
