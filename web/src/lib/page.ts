/** The page as a whole, which is left for another: nothing in memory goes over. */
export const page = {
  reload: (): void => location.reload(),
  goTo: (path: string): void => location.assign(path),
};
