/** Names that are derived from content: equal texts have equal names. */
import {createHash} from 'node:crypto'

/**
 * 12 hexadecimal digits of the SHA-256 of `text` without comment lines, enough to distinguish the files of one host. A change
 * in a comment alone (such as a Pod that is not ready yet) does not cause a reload.
 */
export function contentHash(text: string): string {
  return createHash('sha256')
    .update(text.replaceAll(/^[ \t]*#.*\n?/gm, ''))
    .digest('hex')
    .slice(0, 12)
}
