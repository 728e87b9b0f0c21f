/** Why the host does not let a program listen on an address and port: a code for programs, and one sentence for each code. */

/**
 * `in-use`: another socket has the address and port; `forbidden`: the kernel denies the permission; `no-address`: no
 * interface has the address; `no-family`: the kernel lacks the address family; `other`: anything else.
 */
export type BindErrorCode = 'in-use' | 'forbidden' | 'no-address' | 'no-family' | 'other'

export type BindError =
  | {readonly code: Exclude<BindErrorCode, 'other'>}
  /** `detail` is the text of the kernel or of Node.js, unchanged. */
  | {readonly code: 'other'; readonly detail: string}

/** By errno name; the errors of bind(2) and listen(2) that have a fix of their own. */
const CODES: Readonly<Record<string, Exclude<BindErrorCode, 'other'>>> = {
  EADDRINUSE: 'in-use',
  EACCES: 'forbidden',
  EPERM: 'forbidden',
  EADDRNOTAVAIL: 'no-address',
  EAFNOSUPPORT: 'no-family',
}

const SENTENCES: Readonly<Record<Exclude<BindErrorCode, 'other'>, string>> = {
  'in-use': 'the port is in use',
  forbidden: 'permission denied',
  'no-address': 'the host does not have the address',
  'no-family': 'the host does not have the address family',
}

/** `errno` is a name such as `EADDRINUSE`; `detail` is kept if the errno has no code of its own. */
export function bindErrorOf(errno: string | undefined, detail: string): BindError {
  const code = CODES[errno ?? '']
  return code === undefined ? {code: 'other', detail} : {code}
}

/** The end of a sentence such as `NGINX cannot listen on 0.0.0.0:80/TCP: …`; for `other` it is the detail. */
export function describeBindError(error: BindError): string {
  return error.code === 'other' ? error.detail : SENTENCES[error.code]
}
