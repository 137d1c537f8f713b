"""Every statement on second factors."""

# $1 workspace, $2 member: held, so that of two with one code at once one is too late.
HOLD = """
select totp_secret, totp_pending, totp_last_step from credentials
where workspace_id = $1 and member_id = $2 for update"""

# No row where a second factor is there already. $3 what is sealed, $4 now.
SET_PENDING = """
update credentials set totp_pending = $3, updated_at = $4
where workspace_id = $1 and member_id = $2 and totp_secret is null
returning member_id"""

CONFIRM = """
update credentials
set totp_secret = totp_pending, totp_pending = null, totp_last_step = $3, updated_at = $4
where workspace_id = $1 and member_id = $2"""

USE_STEP = """
update credentials set totp_last_step = $3, updated_at = $4
where workspace_id = $1 and member_id = $2"""

REMOVE = """
update credentials
set totp_secret = null, totp_pending = null, totp_last_step = null, updated_at = $3
where workspace_id = $1 and member_id = $2"""

DELETE_CODES = "delete from recovery_codes where workspace_id = $1 and member_id = $2"

INSERT_CODES = """
insert into recovery_codes (workspace_id, member_id, hash, created_at)
select $1, $2, each, $4 from unnest($3::bytea[]) as each"""

USE_CODE = """
update recovery_codes set used_at = $4
where workspace_id = $1 and member_id = $2 and hash = $3 and used_at is null
returning hash"""
