/**
 * What a Host field may hold (RFC 9110, section 7.2): a name or an address, and a port. Anything else in it, a slash above
 * all, would move the path of a URL that is made of it; a comma joins two fields that a proxy may have chosen between.
 */
const HOST = /^[\w.:[\]-]+$/;

export function isHost(text: string): boolean {
  return HOST.test(text);
}
