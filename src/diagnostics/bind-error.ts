/** Why a program cannot listen on an address and port: a code, and the text for each code. */

/**
 * `in-use`: another socket uses the address and port; `forbidden`: the kernel denies permission; `no-address`: no
 * interface has the address; `no-family`: the kernel does not support the address family; `other`: any other error.
 */
export type BindErrorCode = 'in-use' | 'forbidden' | 'no-address' | 'no-family' | 'other'

export type BindError =
  | {readonly code: Exclude<BindErrorCode, 'other'>}
  /** `detail` is the unchanged text of the kernel or Node.js. */
  | {readonly code: 'other'; readonly detail: string}

/** By errno name: the errors of bind(2) and listen(2) that need different fixes. */
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
  'no-family': 'the host does not support the address family',
}

/** `errno` is a name such as `EADDRINUSE`; `detail` is used only if the errno has no code of its own. */
export function bindErrorOf(errno: string | undefined, detail: string): BindError {
  const code = CODES[errno ?? '']
  return code === undefined ? {code: 'other', detail} : {code}
}

/** Completes a sentence such as `NGINX cannot listen on 0.0.0.0:80/TCP: …`. */
export function describeBindError(error: BindError): string {
  return error.code === 'other' ? error.detail : SENTENCES[error.code]
}
