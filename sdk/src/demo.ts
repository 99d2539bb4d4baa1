/**
 * What `bridgekeeper start --demo` plays: a `demo.ts` beside `bridgekeeper.yaml` exports one as default. Everything in it goes the way that
 * production goes: real HTTP, signatures, sandboxes as partners.
 */
export interface Demo {
  /** Made when the workspace has no instances yet, each with connections to the sandboxes. */
  readonly instances: readonly DemoInstance[]
  /** Platform → path → records that the sandbox holds from the start. */
  readonly fixtures?: Readonly<Record<string, Readonly<Record<string, unknown>>>>
  /** Platform → faults of its sandbox, as `bridgekeeper sandbox faults` takes them. */
  readonly faults?: Readonly<Record<string, readonly object[]>>
  /** Sent one after another, signed as the platform signs. */
  deliveries(): readonly DemoDelivery[]
  /** What people then do on the platforms. */
  readonly act?: {
    /** Told before it is done: 'An agent answers in the helpdesk'. */
    readonly title: string
    /** @param sandboxes platform → base URL */
    run(sandboxes: Readonly<Record<string, string>>): Promise<void>
  }
}

export interface DemoInstance {
  readonly customer: string
  readonly integration: string
  /** Name of an Organization entity: who runs it for the customer. */
  readonly organization: string
  readonly settings?: Readonly<Record<string, unknown>>
  readonly mappings?: Readonly<Record<string, string>>
  readonly accounts?: Readonly<Record<string, readonly string[]>>
  readonly paying?: boolean
}

export interface DemoDelivery {
  readonly platform: string
  /** Goes to the own address of this customer's instance. */
  readonly customer: string
  /** Besides the signature. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: unknown
}
