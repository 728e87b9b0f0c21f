// The lint rule that code compares codes, never sentences: eslint.config.js applies it to src/.

const MESSAGE = 'Code compares codes: give the case a code, and write its sentence in one place only.'

/** A literal with a space between two other characters. */
const SENTENCE = 'Literal[value=/\\S \\S/]'
const METHODS = '/^(get|has|includes|indexOf|match|search|startsWith|endsWith)$/'
const EQUALS = 'BinaryExpression[operator=/^[!=]==?$/]'

/** Entries of ESLint's `no-restricted-syntax`: a sentence as an operand, a case, a key or a member. */
export const COMPARES_PROSE = [
  `${EQUALS} > ${SENTENCE}`,
  `${EQUALS} > TemplateLiteral > TemplateElement[value.raw=/[a-z] [a-z]/]`,
  `${EQUALS} > MemberExpression[property.name=message]`,
  `${EQUALS}:not(:has(> Identifier[name=undefined])) > Identifier[name=message]`,
  `SwitchCase > ${SENTENCE}.test`,
  `Property > ${SENTENCE}.key`,
  `MemberExpression > ${SENTENCE}.property`,
  `CallExpression[callee.property.name=${METHODS}] > ${SENTENCE}`,
  `CallExpression[callee.property.name=${METHODS}][callee.object.property.name=message]`,
  `CallExpression[callee.property.name=${METHODS}][callee.object.name=message]`,
  `NewExpression[callee.name=Set] > ArrayExpression > ${SENTENCE}`,
  `NewExpression[callee.name=Map] > ArrayExpression > ArrayExpression > ${SENTENCE}:first-child`,
].map((selector) => ({selector, message: MESSAGE}))

/** Files that may compare sentences. */
export const MAY_COMPARE_PROSE = [
  // `nginx: master process …` and `nginx: worker process`: NGINX tells its processes apart by their titles alone.
  'src/dataplane/nginx/process/our-processes.ts',
  // Logs a failure once for each distinct text; nothing is decided by its meaning.
  'src/controller/failure-log.ts',
]
