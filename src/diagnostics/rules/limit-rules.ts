/** What one object may cost all the others. */
import {rule} from '../rule.js'

export const LIMIT_RULES = {
  'findings-not-listed': rule({
    severity: 'info',
    message: ({code, count, listed}: {code: string; count: number; listed: number}) =>
      `${code} is found in ${count === 1 ? 'one more place' : `${count} more places`}; only the first ${listed} findings are listed`,
    hint: () => 'fix the findings that are listed, and run lbex again to see the others',
    reason:
      'One object can hold tens of thousands of mistakes. For each object lbex lists the first 50 findings of a code and counts the others.',
  }),
} as const
