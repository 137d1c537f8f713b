import styles from "./small.module.css";
import { isOwnPicture } from "./own-pictures";

const WORDS =
  "Pictures from other sites are not shown, so that no site learns who reads what. Initials stand for it here.";

/** Why the picture at an address is not shown, where it is not. */
export function PictureNote({ address }: { address: string }) {
  if (address.trim() === "" || isOwnPicture(address.trim())) return null;
  return <p className={styles.pictureNote}>{WORDS}</p>;
}
