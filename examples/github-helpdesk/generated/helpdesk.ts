// Written by `bridgekeeper types helpdesk` from: Helpdesk API, 2026-03-01. Do not edit: run it again.
import { definePlatform } from '@bridgekeeper/sdk'

export interface paths {
  "/account": {
    /** Retrieve the account of the API key */
    get: {
      responses: {
        /** The account. */
        200: {
          content: {
            "application/json": components["schemas"]["Account"];
          };
        };
      };
    };
  };
  "/tickets": {
    /** List tickets */
    get: {
      parameters: {
        query?: {
          /** Only records with this id of your system. */
          external_id?: components["parameters"]["ExternalId"];
          /** Only records written by this source. */
          source?: components["parameters"]["Source"];
          status?: components["schemas"]["TicketStatus"];
          priority?: components["schemas"]["TicketPriority"];
          /** Only tickets that carry this tag. */
          tag?: components["schemas"]["Tag"];
          customer_id?: string;
          /** Only tickets requested by this address. */
          requester_email?: string;
          /** Only records created at this time or later. */
          created_since?: components["parameters"]["CreatedSince"];
          /** Only records changed at this time or later. */
          updated_since?: components["parameters"]["UpdatedSince"];
          /** A minus in front means newest first. */
          sort?: "created_at" | "-created_at" | "updated_at" | "-updated_at";
          /** Records of one page. */
          limit?: components["parameters"]["Limit"];
          /** The `next_cursor` of the page before. */
          cursor?: components["parameters"]["Cursor"];
        };
      };
      responses: {
        /** One page of tickets. */
        200: {
          content: {
            "application/json": components["schemas"]["Page"] & {
              data: components["schemas"]["Ticket"][];
            };
          };
        };
      };
    };
    /** Open a ticket */
    post: {
      parameters: {
        header?: {
          /** Any text that is unique to this write; a UUID serves well. */
          "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
        };
      };
      requestBody: {
        content: {
          "application/json": components["schemas"]["TicketCreate"];
        };
      };
      responses: {
        /** The new ticket. */
        201: {
          content: {
            "application/json": components["schemas"]["Ticket"];
          };
        };
      };
    };
  };
  "/tickets/{id}": {
    parameters: {
      path: {
        id: components["parameters"]["TicketId"];
      };
    };
    /** Retrieve a ticket */
    get: {
      parameters: {
        path: {
          id: components["parameters"]["TicketId"];
        };
      };
      responses: {
        /** The ticket. */
        200: {
          content: {
            "application/json": components["schemas"]["Ticket"];
          };
        };
      };
    };
    /** Change, close or reopen a ticket */
    patch: {
      parameters: {
        header?: {
          /** Any text that is unique to this write; a UUID serves well. */
          "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
        };
        path: {
          id: components["parameters"]["TicketId"];
        };
      };
      requestBody: {
        content: {
          "application/json": components["schemas"]["TicketUpdate"];
        };
      };
      responses: {
        /** The ticket after the change. */
        200: {
          content: {
            "application/json": components["schemas"]["Ticket"];
          };
        };
      };
    };
  };
  "/comments": {
    /** List comments across tickets */
    get: {
      parameters: {
        query?: {
          ticket_id?: string;
          /** Only records with this id of your system. */
          external_id?: components["parameters"]["ExternalId"];
          /** Only records written by this source. */
          source?: components["parameters"]["Source"];
          visibility?: components["parameters"]["Visibility"];
          /** Only records created at this time or later. */
          created_since?: components["parameters"]["CreatedSince"];
          /** Only records changed at this time or later. */
          updated_since?: components["parameters"]["UpdatedSince"];
          /** Records of one page. */
          limit?: components["parameters"]["Limit"];
          /** The `next_cursor` of the page before. */
          cursor?: components["parameters"]["Cursor"];
        };
      };
      responses: {
        200: components["responses"]["Comments"];
      };
    };
  };
  "/tickets/{id}/comments": {
    parameters: {
      path: {
        id: components["parameters"]["TicketId"];
      };
    };
    /** Comment on a ticket */
    post: {
      parameters: {
        header?: {
          /** Any text that is unique to this write; a UUID serves well. */
          "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
        };
        path: {
          id: components["parameters"]["TicketId"];
        };
      };
      requestBody: {
        content: {
          "application/json": components["schemas"]["CommentCreate"];
        };
      };
      responses: {
        /** The new comment. */
        201: {
          content: {
            "application/json": components["schemas"]["Comment"];
          };
        };
      };
    };
  };
}
export interface webhooks {
  "comment.created": {
    post: {
      requestBody: {
        content: {
          "application/json": components["schemas"]["Event"] & {
            type: "comment.created";
            data: components["schemas"]["CommentEventData"];
          };
        };
      };
    };
  };
}
export interface components {
  schemas: {
    Account: {
      readonly id: string;
      name: string;
      plan: "team" | "business" | "enterprise";
      readonly created_at: string;
    };
    Author: {
      kind: "agent" | "customer" | "integration";
      name: string;
      email?: string | null;
    };
    Comment: {
      readonly id: string;
      readonly ticket_id: string;
      /** Markdown. */
      body: string;
      visibility: components["schemas"]["Visibility"];
      author: components["schemas"]["Author"];
      external_id: components["schemas"]["ExternalId"];
      source: components["schemas"]["Source"];
      readonly created_at: string;
      readonly updated_at: string;
    };
    CommentCreate: {
      body: string;
      visibility?: components["schemas"]["Visibility"];
      author?: components["schemas"]["Author"];
      external_id?: components["schemas"]["ExternalId"];
      source?: components["schemas"]["Source"];
    };
    CommentEventData: {
      comment: components["schemas"]["Comment"];
      ticket: components["schemas"]["Ticket"];
    };
    Event: {
      /** The same as the header `webhook-id`. */
      id: string;
      type: string;
      /** When it happened. */
      timestamp: string;
      account_id: string;
    };
    /** The id of the record in your system. */
    ExternalId: string | null;
    Page: {
      /** Whether another page follows. */
      has_more: boolean;
      /** Pass it as `cursor` to read the next page; `null` on the last one. */
      next_cursor: string | null;
    };
    Requester: {
      name: string;
      email: string;
    };
    /** Who wrote the record: `agent`, `email`, `web` or `api` when we know nothing better, otherwise the name of your … */
    Source: string;
    Tag: string;
    Tags: components["schemas"]["Tag"][];
    Ticket: {
      readonly id: string;
      /** The number that people use when they speak of the ticket. */
      readonly number: number;
      subject: string;
      /** Markdown. */
      description: string;
      status: components["schemas"]["TicketStatus"];
      priority: components["schemas"]["TicketPriority"];
      tags: components["schemas"]["Tags"];
      requester: components["schemas"]["Requester"];
      readonly customer_id: string | null;
      /** The agent who works on the ticket. */
      assignee_email: string | null;
      external_id: components["schemas"]["ExternalId"];
      source: components["schemas"]["Source"];
      readonly comment_count: number;
      readonly created_at: string;
      readonly updated_at: string;
      readonly closed_at: string | null;
    };
    TicketCreate: {
      subject: string;
      /** Markdown. */
      description: string;
      status?: components["schemas"]["TicketStatus"];
      priority?: components["schemas"]["TicketPriority"];
      tags?: components["schemas"]["Tags"];
      requester: components["schemas"]["Requester"];
      assignee_email?: string | null;
      external_id?: components["schemas"]["ExternalId"];
      source?: components["schemas"]["Source"];
    };
    /** New tickets are `normal` unless you say otherwise. */
    TicketPriority: "low" | "normal" | "high" | "urgent";
    /** `pending` waits for the customer. */
    TicketStatus: "open" | "pending" | "closed";
    TicketUpdate: {
      subject?: string;
      description?: string;
      status?: components["schemas"]["TicketStatus"];
      priority?: components["schemas"]["TicketPriority"];
      tags?: components["schemas"]["Tags"];
      assignee_email?: string | null;
      external_id?: components["schemas"]["ExternalId"];
    };
    /** `internal` notes are seen by agents only. */
    Visibility: "public" | "internal";
  };
  responses: {
    /** One page of comments. */
    Comments: {
      content: {
        "application/json": components["schemas"]["Page"] & {
          data: components["schemas"]["Comment"][];
        };
      };
    };
  };
  parameters: {
    /** Only records created at this time or later. */
    CreatedSince: string;
    /** The `next_cursor` of the page before. */
    Cursor: string;
    /** Only records with this id of your system. */
    ExternalId: string;
    /** Any text that is unique to this write; a UUID serves well. */
    IdempotencyKey: string;
    /** Records of one page. */
    Limit: number;
    /** Only records written by this source. */
    Source: string;
    TicketId: string;
    /** Only records changed at this time or later. */
    UpdatedSince: string;
    Visibility: components["schemas"]["Visibility"];
  };
}

export type schemas = components['schemas']

export const helpdesk = definePlatform<paths, webhooks>('helpdesk')
