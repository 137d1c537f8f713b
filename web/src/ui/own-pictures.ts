/**
 * Whether a picture is shown. One that is elsewhere would tell its host who reads what, and the
 * page's policy lets none in.
 */
export const isOwnPicture = (src: string): boolean =>
  /^(data:image\/|blob:)/i.test(src) ||
  (URL.canParse(src, location.href) && new URL(src, location.href).origin === location.origin);
