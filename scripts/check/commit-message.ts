/** The rule for commit messages: Conventional Commits, so that a reader of the log sees what kind of change it is, and where. */

const TYPES = ['build', 'chore', 'ci', 'docs', 'feat', 'fix', 'perf', 'refactor', 'revert', 'style', 'test']
/** Changes that users notice: the scope says in which part of the program. A refactoring may concern all parts. */
const WITH_SCOPE = new Set(['feat', 'fix', 'perf'])
/** Users notice them: the body says why. */
const WITH_BODY = new Set(['feat', 'fix'])
const LONGEST_SUBJECT = 100

/** What is wrong with a message, as sentences. */
export function commitProblems(message: string): string[] {
  const [subject = '', separator = '', ...body] = message.trimEnd().split('\n')
  const [, type = '', scope, words = ''] = /^([a-z]+)(?:\(([a-z0-9/-]+)\))?!?: (\S.*)$/.exec(subject) ?? []
  if (!TYPES.includes(type))
    return [`the subject must be TYPE(SCOPE): WORDS, with one of ${TYPES.join(', ')}`]
  return [
    ...(WITH_SCOPE.has(type) && scope === undefined ? [`${type} needs a scope, such as ${type}(nginx)`] : []),
    ...(subject.length > LONGEST_SUBJECT
      ? [`the subject has ${subject.length} characters, at most ${LONGEST_SUBJECT} are allowed`]
      : []),
    ...(words.endsWith('.') ? ['the subject must not end with a full stop'] : []),
    ...(separator === '' ? [] : ['the second line must be empty']),
    ...(WITH_BODY.has(type) && body.join('').trim() === '' ? [`${type} needs a body that says why`] : []),
  ]
}
