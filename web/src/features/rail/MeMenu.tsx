import { useNavigate } from "@tanstack/react-router";
import { Keyboard, LogOut, UserRound } from "lucide-react";
import { useSession } from "@/api/session";
import { useKeyLabel, useRunAction } from "@/lib/actions";
import { THEMES, THEME_NAMES, useTheme } from "@/lib/theme";
import { Avatar } from "@/ui/Avatar";
import { Menu, MenuChoice, MenuItem, MenuLabel, MenuSeparator } from "@/ui/Menu";
import { cx } from "@/ui/cx";
import styles from "./Rail.module.css";

const THEME_CHOICES = THEMES.map((value) => ({ value, label: THEME_NAMES[value] }));

/** Who is signed in, and what is theirs. */
export function MeMenu({ isCollapsed }: { isCollapsed: boolean }) {
  const { member } = useSession();
  const navigate = useNavigate();
  const run = useRunAction();
  const helpKey = useKeyLabel("help");
  const [theme, setTheme] = useTheme();
  const name = member.name ?? member.email;
  return (
    <Menu
      trigger={
        <button
          type="button"
          className={cx(styles.link, styles.me, isCollapsed && styles.iconLink)}
        >
          <Avatar name={name} src={member.image_url} size={22} />
          <span className={isCollapsed ? "visually-hidden" : styles.text} dir="auto">
            {name}
          </span>
          <span className="visually-hidden">, your menu</span>
        </button>
      }
    >
      <MenuItem
        icon={<UserRound size={16} aria-hidden />}
        onSelect={() => void navigate({ to: "/settings/$page", params: { page: "profile" } })}
      >
        Your profile
      </MenuItem>
      <MenuItem
        icon={<Keyboard size={16} aria-hidden />}
        shortcut={helpKey}
        onSelect={() => run("help")}
      >
        Keys
      </MenuItem>
      <MenuSeparator />
      <MenuLabel>Theme</MenuLabel>
      <MenuChoice value={theme} options={THEME_CHOICES} onChange={setTheme} />
      <MenuSeparator />
      <MenuItem icon={<LogOut size={16} aria-hidden />} onSelect={() => run("sign-out")}>
        Sign out
      </MenuItem>
    </Menu>
  );
}
