/** Names that follow from content: equal for equal texts. */
import {createHash} from 'node:crypto'

/**
 * 12 hexadecimal digits of the SHA-256 of what NGINX reads in `text`: enough to tell one host's files apart. Comment lines
 * do not count, so that a changed remark (a Pod that is not ready yet) is no reason for a reload.
 */
export function contentHash(text: string): string {
  return createHash('sha256')
    .update(text.replaceAll(/^[ \t]*#.*\n?/gm, ''))
    .digest('hex')
    .slice(0, 12)
}
