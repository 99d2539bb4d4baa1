// Written by `bridgekeeper types github` from: GitHub's official OpenAPI spec + Octokit extension, 23.0.2. Do not edit: run it again.
import { definePlatform } from '@bridgekeeper/sdk'

export interface paths {
  "/repos/{owner}/{repo}/issues/{issue_number}/comments": {
    /** List issue comments */
    get: {
      parameters: {
        query?: {
          /** Only show results that were last updated after the given time. */
          since?: components["parameters"]["since"];
          /** The number of results per page (max 100). */
          per_page?: components["parameters"]["per-page"];
          /** The page number of the results to fetch. */
          page?: components["parameters"]["page"];
        };
        path: {
          /** The account owner of the repository. */
          owner: components["parameters"]["owner"];
          /** The name of the repository without the `.git` extension. */
          repo: components["parameters"]["repo"];
          /** The number that identifies the issue. */
          issue_number: components["parameters"]["issue-number"];
        };
      };
      responses: {
        /** Response */
        200: {
          content: {
            "application/json": components["schemas"]["issue-comment"][];
          };
        };
      };
    };
    /** Create an issue comment */
    post: {
      parameters: {
        path: {
          /** The account owner of the repository. */
          owner: components["parameters"]["owner"];
          /** The name of the repository without the `.git` extension. */
          repo: components["parameters"]["repo"];
          /** The number that identifies the issue. */
          issue_number: components["parameters"]["issue-number"];
        };
      };
      requestBody: {
        content: {
          "application/json": {
            /** The contents of the comment. */
            body: string;
          };
        };
      };
      responses: {
        /** Response */
        201: {
          content: {
            "application/json": components["schemas"]["issue-comment"];
          };
        };
      };
    };
  };
  "/repos/{owner}/{repo}/hooks/{hook_id}/deliveries": {
    /** List deliveries for a repository webhook */
    get: {
      parameters: {
        query?: {
          /** The number of results per page (max 100). */
          per_page?: components["parameters"]["per-page"];
          /** Used for pagination: the starting delivery from which the page of deliveries is fetched. */
          cursor?: components["parameters"]["cursor"];
          /** Returns webhook deliveries filtered by delivery outcome classification based on `status_code` range. */
          status?: components["parameters"]["webhook-delivery-status"];
        };
        path: {
          /** The account owner of the repository. */
          owner: components["parameters"]["owner"];
          /** The name of the repository without the `.git` extension. */
          repo: components["parameters"]["repo"];
          /** The unique identifier of the hook. */
          hook_id: components["parameters"]["hook-id"];
        };
      };
      responses: {
        /** Response */
        200: {
          content: {
            "application/json": components["schemas"]["hook-delivery-item"][];
          };
        };
      };
    };
  };
  "/repos/{owner}/{repo}/hooks/{hook_id}/deliveries/{delivery_id}": {
    /** Get a delivery for a repository webhook */
    get: {
      parameters: {
        path: {
          /** The account owner of the repository. */
          owner: components["parameters"]["owner"];
          /** The name of the repository without the `.git` extension. */
          repo: components["parameters"]["repo"];
          /** The unique identifier of the hook. */
          hook_id: components["parameters"]["hook-id"];
          delivery_id: components["parameters"]["delivery-id"];
        };
      };
      responses: {
        /** Response */
        200: {
          content: {
            "application/json": components["schemas"]["hook-delivery"];
          };
        };
      };
    };
  };
}
export interface webhooks {
  "issues.labeled": {
    post: {
      requestBody: {
        content: {
          "application/json": components["schemas"]["webhook-issues-labeled"];
        };
      };
    };
  };
  "issues.closed": {
    post: {
      requestBody: {
        content: {
          "application/json": components["schemas"]["webhook-issues-closed"];
        };
      };
    };
  };
  "issues.reopened": {
    post: {
      requestBody: {
        content: {
          "application/json": components["schemas"]["webhook-issues-reopened"];
        };
      };
    };
  };
  "issue_comment.created": {
    post: {
      requestBody: {
        content: {
          "application/json": components["schemas"]["webhook-issue-comment-created"];
        };
      };
    };
  };
}
export interface components {
  schemas: {
    /** How the author is associated with the repository. */
    "author-association": "COLLABORATOR" | "CONTRIBUTOR" | "FIRST_TIMER" | "FIRST_TIME_CONTRIBUTOR" | "MANNEQUIN" | "MEMBER" | "NONE" | "OWNER";
    /** An enterprise on GitHub. */
    enterprise: {
      /** A short description of the enterprise. */
      description?: string | null;
      html_url: string;
      /** The enterprise's website URL. */
      website_url?: string | null;
      /** Unique identifier of the enterprise */
      id: number;
      node_id: string;
      /** The name of the enterprise. */
      name: string;
      /** The slug url identifier for the enterprise. */
      slug: string;
      created_at: string | null;
      updated_at: string | null;
      avatar_url: string;
    };
    /** An enterprise on GitHub. */
    "enterprise-webhooks": {
      /** A short description of the enterprise. */
      description?: string | null;
      html_url: string;
      /** The enterprise's website URL. */
      website_url?: string | null;
      /** Unique identifier of the enterprise */
      id: number;
      node_id: string;
      /** The name of the enterprise. */
      name: string;
      /** The slug url identifier for the enterprise. */
      slug: string;
      created_at: string | null;
      updated_at: string | null;
      avatar_url: string;
    };
    /** Delivery made by a webhook. */
    "hook-delivery": {
      /** Unique identifier of the delivery. */
      id: number;
      /** Unique identifier for the event (shared with all deliveries for all webhooks that subscribe to this event). */
      guid: string;
      /** Time when the delivery was delivered. */
      delivered_at: string;
      /** Whether the delivery is a redelivery. */
      redelivery: boolean;
      /** Time spent delivering. */
      duration: number;
      /** Description of the status of the attempted delivery */
      status: string;
      /** Status code received when delivery was made. */
      status_code: number;
      /** The event that triggered the delivery. */
      event: string;
      /** The type of activity for the event that triggered the delivery. */
      action: string | null;
      /** The id of the GitHub App installation associated with this event. */
      installation_id: number | null;
      /** The id of the repository associated with this event. */
      repository_id: number | null;
      /** Time when the webhook delivery was throttled. */
      throttled_at?: string | null;
      /** The URL target of the delivery. */
      url?: string;
      request: {
        /** The request headers sent with the webhook delivery. */
        headers: {
          [key: string]: unknown;
        } | null;
        /** The webhook payload. */
        payload: {
          [key: string]: unknown;
        } | null;
      };
      response: {
        /** The response headers received when the delivery was made. */
        headers: {
          [key: string]: unknown;
        } | null;
        /** The response payload received. */
        payload: string | null;
      };
    };
    /** Delivery made by a webhook, without request and response information. */
    "hook-delivery-item": {
      /** Unique identifier of the webhook delivery. */
      id: number;
      /** Unique identifier for the event (shared with all deliveries for all webhooks that subscribe to this event). */
      guid: string;
      /** Time when the webhook delivery occurred. */
      delivered_at: string;
      /** Whether the webhook delivery is a redelivery. */
      redelivery: boolean;
      /** Time spent delivering. */
      duration: number;
      /** Describes the response returned after attempting the delivery. */
      status: string;
      /** Status code received when delivery was made. */
      status_code: number;
      /** The event that triggered the delivery. */
      event: string;
      /** The type of activity for the event that triggered the delivery. */
      action: string | null;
      /** The id of the GitHub App installation associated with this event. */
      installation_id: number | null;
      /** The id of the repository associated with this event. */
      repository_id: number | null;
      /** Time when the webhook delivery was throttled. */
      throttled_at?: string | null;
    };
    /** Comments provide a way for people to collaborate on an issue. */
    "issue-comment": {
      /** Unique identifier of the issue comment */
      id: number;
      node_id: string;
      /** URL for the issue comment */
      url: string;
      /** Contents of the issue comment */
      body?: string;
      body_text?: string;
      body_html?: string;
      html_url: string;
      user: components["schemas"]["nullable-simple-user"];
      created_at: string;
      updated_at: string;
      issue_url: string;
      author_association?: components["schemas"]["author-association"];
      performed_via_github_app?: components["schemas"]["nullable-integration"];
      reactions?: components["schemas"]["reaction-rollup"];
      pin?: components["schemas"]["nullable-pinned-issue-comment"];
      minimized?: components["schemas"]["nullable-issue-comment-minimized"];
    };
    "issue-dependencies-summary": {
      blocked_by: number;
      blocking: number;
      total_blocked_by: number;
      total_blocking: number;
    };
    /** A value assigned to an issue field */
    "issue-field-value": {
      /** Unique identifier for the issue field. */
      issue_field_id: number;
      /** The human-readable name of the issue field. */
      issue_field_name?: string;
      node_id: string;
      /** The data type of the issue field */
      data_type: "text" | "single_select" | "multi_select" | "number" | "date";
      /** The value of the issue field */
      value: (string | number) | null;
      /** Details about the selected option (only present for single_select fields) */
      single_select_option?: {
        /** Unique identifier for the option. */
        id: number;
        /** The name of the option */
        name: string;
        /** The color of the option */
        color: string;
      } | null;
      /** Details about the selected options */
      multi_select_options?: {
        /** Unique identifier for the option. */
        id: number;
        /** The name of the option */
        name: string;
        /** The color of the option */
        color: string;
      }[] | null;
    };
    /** The type assigned to the issue. */
    "issue-type": {
      /** The unique identifier of the issue type. */
      id: number;
      /** The node identifier of the issue type. */
      node_id: string;
      /** The name of the issue type. */
      name: string;
      /** The description of the issue type. */
      description: string | null;
      /** The color of the issue type. */
      color?: "gray" | "blue" | "green" | "yellow" | "orange" | "red" | "pink" | "purple" | null;
      /** The time the issue type created. */
      created_at?: string;
      /** The time the issue type last updated. */
      updated_at?: string;
      /** The enabled state of the issue type. */
      is_enabled?: boolean;
    } | null;
    /** GitHub apps are a new way to extend GitHub. */
    "nullable-integration": {
      /** Unique identifier of the GitHub app */
      id: number;
      /** The slug name of the GitHub app */
      slug?: string;
      node_id: string;
      client_id?: string;
      owner: components["schemas"]["simple-user"] | components["schemas"]["enterprise"];
      /** The name of the GitHub app */
      name: string;
      description: string | null;
      external_url: string;
      html_url: string;
      created_at: string;
      updated_at: string;
      /** The set of permissions for the GitHub app */
      permissions: {
        issues?: string;
        checks?: string;
        metadata?: string;
        contents?: string;
        deployments?: string;
      } & {
        [key: string]: string;
      };
      /** The list of events for the GitHub app. */
      events: string[];
      /** The number of installations associated with the GitHub app. */
      installations_count?: number;
    } | null;
    /** Comments provide a way for people to collaborate on an issue. */
    "nullable-issue-comment": {
      /** Unique identifier of the issue comment */
      id: number;
      node_id: string;
      /** URL for the issue comment */
      url: string;
      /** Contents of the issue comment */
      body?: string;
      body_text?: string;
      body_html?: string;
      html_url: string;
      user: components["schemas"]["nullable-simple-user"];
      created_at: string;
      updated_at: string;
      issue_url: string;
      author_association?: components["schemas"]["author-association"];
      performed_via_github_app?: components["schemas"]["nullable-integration"];
      reactions?: components["schemas"]["reaction-rollup"];
      pin?: components["schemas"]["nullable-pinned-issue-comment"];
      minimized?: components["schemas"]["nullable-issue-comment-minimized"];
    } | null;
    /** Details about why an issue comment was minimized. */
    "nullable-issue-comment-minimized": {
      /** The reason the comment was minimized. */
      reason: string | null;
    } | null;
    /** License Simple */
    "nullable-license-simple": {
      key: string;
      name: string;
      url: string | null;
      spdx_id: string | null;
      node_id: string;
      html_url?: string;
    } | null;
    /** Context around who pinned an issue comment and when it was pinned. */
    "nullable-pinned-issue-comment": {
      pinned_at: string;
      pinned_by: components["schemas"]["nullable-simple-user"];
    } | null;
    /** A GitHub user. */
    "nullable-simple-user": {
      name?: string | null;
      email?: string | null;
      login: string;
      id: number;
      node_id: string;
      avatar_url: string;
      gravatar_id: string | null;
      url: string;
      html_url: string;
      followers_url: string;
      following_url: string;
      gists_url: string;
      starred_url: string;
      subscriptions_url: string;
      organizations_url: string;
      repos_url: string;
      events_url: string;
      received_events_url: string;
      type: string;
      site_admin: boolean;
      starred_at?: string;
      user_view_type?: string;
    } | null;
    /** A GitHub organization. */
    "organization-simple-webhooks": {
      login: string;
      id: number;
      node_id: string;
      url: string;
      repos_url: string;
      events_url: string;
      hooks_url: string;
      issues_url: string;
      members_url: string;
      public_members_url: string;
      avatar_url: string;
      description: string | null;
    };
    "reaction-rollup": {
      url: string;
      total_count: number;
      "+1": number;
      "-1": number;
      laugh: number;
      confused: number;
      heart: number;
      hooray: number;
      eyes: number;
      rocket: number;
    };
    /** The repository on GitHub where the event occurred. */
    "repository-webhooks": {
      /** Unique identifier of the repository */
      id: number;
      node_id: string;
      /** The name of the repository. */
      name: string;
      full_name: string;
      license: components["schemas"]["nullable-license-simple"];
      organization?: components["schemas"]["nullable-simple-user"];
      forks: number;
      permissions?: {
        admin: boolean;
        pull: boolean;
        triage?: boolean;
        push: boolean;
        maintain?: boolean;
      };
      owner: components["schemas"]["simple-user"];
      /** Whether the repository is private or public. */
      private: boolean;
      html_url: string;
      description: string | null;
      fork: boolean;
      url: string;
      archive_url: string;
      assignees_url: string;
      blobs_url: string;
      branches_url: string;
      collaborators_url: string;
      comments_url: string;
      commits_url: string;
      compare_url: string;
      contents_url: string;
      contributors_url: string;
      deployments_url: string;
      downloads_url: string;
      events_url: string;
      forks_url: string;
      git_commits_url: string;
      git_refs_url: string;
      git_tags_url: string;
      git_url: string;
      issue_comment_url: string;
      issue_events_url: string;
      issues_url: string;
      keys_url: string;
      labels_url: string;
      languages_url: string;
      merges_url: string;
      milestones_url: string;
      notifications_url: string;
      pulls_url: string;
      releases_url: string;
      ssh_url: string;
      stargazers_url: string;
      statuses_url: string;
      subscribers_url: string;
      subscription_url: string;
      tags_url: string;
      teams_url: string;
      trees_url: string;
      clone_url: string;
      mirror_url: string | null;
      hooks_url: string;
      svn_url: string;
      homepage: string | null;
      language: string | null;
      forks_count: number;
      stargazers_count: number;
      watchers_count: number;
      /** The size of the repository, in kilobytes. */
      size: number;
      /** The default branch of the repository. */
      default_branch: string;
      open_issues_count: number;
      /** Whether this repository acts as a template that can be used to generate new repositories. */
      is_template?: boolean;
      topics?: string[];
      /** The custom properties that were defined for the repository. */
      custom_properties?: {
        [key: string]: unknown;
      };
      /** Whether issues are enabled. */
      has_issues: boolean;
      /** Whether projects are enabled. */
      has_projects: boolean;
      /** Whether the wiki is enabled. */
      has_wiki: boolean;
      has_pages: boolean;
      /** Whether downloads are enabled. */
      has_downloads: boolean;
      /** Whether discussions are enabled. */
      has_discussions?: boolean;
      /** Whether pull requests are enabled. */
      has_pull_requests?: boolean;
      /** The policy controlling who can create pull requests: all or collaborators_only. */
      pull_request_creation_policy?: "all" | "collaborators_only";
      /** Whether the repository is archived. */
      archived: boolean;
      /** Returns whether or not this repository disabled. */
      disabled: boolean;
      /** The repository visibility: public, private, or internal. */
      visibility?: string;
      pushed_at: string | null;
      created_at: string | null;
      updated_at: string | null;
      /** Whether to allow rebase merges for pull requests. */
      allow_rebase_merge?: boolean;
      template_repository?: {
        id?: number;
        node_id?: string;
        name?: string;
        full_name?: string;
        owner?: {
          login?: string;
          id?: number;
          node_id?: string;
          avatar_url?: string;
          gravatar_id?: string;
          url?: string;
          html_url?: string;
          followers_url?: string;
          following_url?: string;
          gists_url?: string;
          starred_url?: string;
          subscriptions_url?: string;
          organizations_url?: string;
          repos_url?: string;
          events_url?: string;
          received_events_url?: string;
          type?: string;
          site_admin?: boolean;
        };
        private?: boolean;
        html_url?: string;
        description?: string;
        fork?: boolean;
        url?: string;
        archive_url?: string;
        assignees_url?: string;
        blobs_url?: string;
        branches_url?: string;
        collaborators_url?: string;
        comments_url?: string;
        commits_url?: string;
        compare_url?: string;
        contents_url?: string;
        contributors_url?: string;
        deployments_url?: string;
        downloads_url?: string;
        events_url?: string;
        forks_url?: string;
        git_commits_url?: string;
        git_refs_url?: string;
        git_tags_url?: string;
        git_url?: string;
        issue_comment_url?: string;
        issue_events_url?: string;
        issues_url?: string;
        keys_url?: string;
        labels_url?: string;
        languages_url?: string;
        merges_url?: string;
        milestones_url?: string;
        notifications_url?: string;
        pulls_url?: string;
        releases_url?: string;
        ssh_url?: string;
        stargazers_url?: string;
        statuses_url?: string;
        subscribers_url?: string;
        subscription_url?: string;
        tags_url?: string;
        teams_url?: string;
        trees_url?: string;
        clone_url?: string;
        mirror_url?: string;
        hooks_url?: string;
        svn_url?: string;
        homepage?: string;
        language?: string;
        forks_count?: number;
        stargazers_count?: number;
        watchers_count?: number;
        size?: number;
        default_branch?: string;
        open_issues_count?: number;
        is_template?: boolean;
        topics?: string[];
        has_issues?: boolean;
        has_projects?: boolean;
        has_wiki?: boolean;
        has_pages?: boolean;
        has_downloads?: boolean;
        archived?: boolean;
        disabled?: boolean;
        visibility?: string;
        pushed_at?: string;
        created_at?: string;
        updated_at?: string;
        permissions?: {
          admin?: boolean;
          maintain?: boolean;
          push?: boolean;
          triage?: boolean;
          pull?: boolean;
        };
        allow_rebase_merge?: boolean;
        temp_clone_token?: string;
        allow_squash_merge?: boolean;
        allow_auto_merge?: boolean;
        delete_branch_on_merge?: boolean;
        allow_update_branch?: boolean;
        use_squash_pr_title_as_default?: boolean;
        /** The default value for a squash merge commit title: - `PR_TITLE` - default to the pull request's title. */
        squash_merge_commit_title?: "PR_TITLE" | "COMMIT_OR_PR_TITLE";
        /** The default value for a squash merge commit message: - `PR_BODY` - default to the pull request's body. */
        squash_merge_commit_message?: "PR_BODY" | "COMMIT_MESSAGES" | "BLANK";
        /** The default value for a merge commit title. */
        merge_commit_title?: "PR_TITLE" | "MERGE_MESSAGE";
        /** The default value for a merge commit message. */
        merge_commit_message?: "PR_BODY" | "PR_TITLE" | "BLANK";
        allow_merge_commit?: boolean;
        subscribers_count?: number;
        network_count?: number;
      } | null;
      temp_clone_token?: string;
      /** Whether to allow squash merges for pull requests. */
      allow_squash_merge?: boolean;
      /** Whether to allow Auto-merge to be used on pull requests. */
      allow_auto_merge?: boolean;
      /** Whether to delete head branches when pull requests are merged */
      delete_branch_on_merge?: boolean;
      /** Whether or not a pull request head branch that is behind its base branch can always be updated even if it is not … */
      allow_update_branch?: boolean;
      /**
      * @deprecated
      * Whether a squash merge commit can use the pull request title as default.
      */
      use_squash_pr_title_as_default?: boolean;
      /** The default value for a squash merge commit title: - `PR_TITLE` - default to the pull request's title. */
      squash_merge_commit_title?: "PR_TITLE" | "COMMIT_OR_PR_TITLE";
      /** The default value for a squash merge commit message: - `PR_BODY` - default to the pull request's body. */
      squash_merge_commit_message?: "PR_BODY" | "COMMIT_MESSAGES" | "BLANK";
      /** The default value for a merge commit title. */
      merge_commit_title?: "PR_TITLE" | "MERGE_MESSAGE";
      /** The default value for a merge commit message. */
      merge_commit_message?: "PR_BODY" | "PR_TITLE" | "BLANK";
      /** Whether to allow merge commits for pull requests. */
      allow_merge_commit?: boolean;
      /** Whether to allow forking this repo */
      allow_forking?: boolean;
      /** Whether to require contributors to sign off on web-based commits */
      web_commit_signoff_required?: boolean;
      subscribers_count?: number;
      network_count?: number;
      open_issues: number;
      watchers: number;
      master_branch?: string;
      starred_at?: string;
      /** Whether anonymous git access is enabled for this repository */
      anonymous_access_enabled?: boolean;
    };
    /** The GitHub App installation. */
    "simple-installation": {
      /** The ID of the installation. */
      id: number;
      /** The global node ID of the installation. */
      node_id: string;
    };
    /** A GitHub user. */
    "simple-user": {
      name?: string | null;
      email?: string | null;
      login: string;
      id: number;
      node_id: string;
      avatar_url: string;
      gravatar_id: string | null;
      url: string;
      html_url: string;
      followers_url: string;
      following_url: string;
      gists_url: string;
      starred_url: string;
      subscriptions_url: string;
      organizations_url: string;
      repos_url: string;
      events_url: string;
      received_events_url: string;
      type: string;
      site_admin: boolean;
      starred_at?: string;
      user_view_type?: string;
    };
    "sub-issues-summary": {
      total: number;
      completed: number;
      percent_completed: number;
    };
    "webhook-issue-comment-created": {
      action: "created";
      /** The comment itself. */
      comment: {
        /** How the author is associated with the repository. */
        author_association: "COLLABORATOR" | "CONTRIBUTOR" | "FIRST_TIMER" | "FIRST_TIME_CONTRIBUTOR" | "MANNEQUIN" | "MEMBER" | "NONE" | "OWNER";
        /** Contents of the issue comment */
        body: string;
        created_at: string;
        html_url: string;
        /** Unique identifier of the issue comment */
        id: number;
        issue_url: string;
        node_id: string;
        performed_via_github_app: components["schemas"]["nullable-integration"];
        reactions: {
          "+1": number;
          "-1": number;
          confused: number;
          eyes: number;
          heart: number;
          hooray: number;
          laugh: number;
          rocket: number;
          total_count: number;
          url: string;
        };
        updated_at: string;
        /** URL for the issue comment */
        url: string;
        pin?: components["schemas"]["nullable-pinned-issue-comment"];
        minimized?: components["schemas"]["nullable-issue-comment-minimized"];
        user: {
          avatar_url?: string;
          deleted?: boolean;
          email?: string | null;
          events_url?: string;
          followers_url?: string;
          following_url?: string;
          gists_url?: string;
          gravatar_id?: string;
          html_url?: string;
          id: number;
          login: string;
          name?: string;
          node_id?: string;
          organizations_url?: string;
          received_events_url?: string;
          repos_url?: string;
          site_admin?: boolean;
          starred_url?: string;
          subscriptions_url?: string;
          type?: "Bot" | "User" | "Organization";
          url?: string;
          user_view_type?: string;
        } | null;
      };
      enterprise?: components["schemas"]["enterprise-webhooks"];
      installation?: components["schemas"]["simple-installation"];
      /** The issue the comment belongs to. */
      issue: {
        active_lock_reason: "resolved" | "off-topic" | "too heated" | "spam" | null;
        assignee?: {
          avatar_url?: string;
          deleted?: boolean;
          email?: string | null;
          events_url?: string;
          followers_url?: string;
          following_url?: string;
          gists_url?: string;
          gravatar_id?: string;
          html_url?: string;
          id: number;
          login: string;
          name?: string;
          node_id?: string;
          organizations_url?: string;
          received_events_url?: string;
          repos_url?: string;
          site_admin?: boolean;
          starred_url?: string;
          subscriptions_url?: string;
          type?: "Bot" | "User" | "Organization" | "Mannequin";
          url?: string;
          user_view_type?: string;
        } | null;
        assignees: ({
          avatar_url?: string;
          deleted?: boolean;
          email?: string | null;
          events_url?: string;
          followers_url?: string;
          following_url?: string;
          gists_url?: string;
          gravatar_id?: string;
          html_url?: string;
          id: number;
          login: string;
          name?: string;
          node_id?: string;
          organizations_url?: string;
          received_events_url?: string;
          repos_url?: string;
          site_admin?: boolean;
          starred_url?: string;
          subscriptions_url?: string;
          type?: "Bot" | "User" | "Organization" | "Mannequin";
          url?: string;
          user_view_type?: string;
        } | null)[];
        /** How the author is associated with the repository. */
        author_association: "COLLABORATOR" | "CONTRIBUTOR" | "FIRST_TIMER" | "FIRST_TIME_CONTRIBUTOR" | "MANNEQUIN" | "MEMBER" | "NONE" | "OWNER";
        /** Contents of the issue */
        body: string | null;
        closed_at: string | null;
        comments: number;
        comments_url: string;
        created_at: string;
        draft?: boolean;
        events_url: string;
        html_url: string;
        id: number;
        labels?: {
          /** 6-character hex code, without the leading #, identifying the color */
          color: string;
          default: boolean;
          description: string | null;
          id: number;
          /** The name of the label. */
          name: string;
          node_id: string;
          /** URL for the label */
          url: string;
        }[];
        labels_url: string;
        locked?: boolean;
        /** A collection of related issues and pull requests. */
        milestone: {
          closed_at: string | null;
          closed_issues: number;
          created_at: string;
          creator: {
            avatar_url?: string;
            deleted?: boolean;
            email?: string | null;
            events_url?: string;
            followers_url?: string;
            following_url?: string;
            gists_url?: string;
            gravatar_id?: string;
            html_url?: string;
            id: number;
            login: string;
            name?: string;
            node_id?: string;
            organizations_url?: string;
            received_events_url?: string;
            repos_url?: string;
            site_admin?: boolean;
            starred_url?: string;
            subscriptions_url?: string;
            type?: "Bot" | "User" | "Organization" | "Mannequin";
            url?: string;
            user_view_type?: string;
          } | null;
          description: string | null;
          due_on: string | null;
          html_url: string;
          id: number;
          labels_url: string;
          node_id: string;
          /** The number of the milestone. */
          number: number;
          open_issues: number;
          /** The state of the milestone. */
          state: "open" | "closed";
          /** The title of the milestone. */
          title: string;
          updated_at: string;
          url: string;
        } | null;
        node_id: string;
        number: number;
        /** GitHub apps are a new way to extend GitHub. */
        performed_via_github_app?: {
          created_at: string | null;
          description: string | null;
          /** The list of events for the GitHub app */
          events?: ("branch_protection_rule" | "check_run" | "check_suite" | "code_scanning_alert" | "commit_comment" | "content_reference" | "create" | "delete" | "deployment" | "deployment_review" | "deployment_status" | "deploy_key" | "discussion" | "discussion_comment" | "fork" | "gollum" | "issues" | "issue_comment" | "label" | "member" | "membership" | "milestone" | "organization" | "org_block" | "page_build" | "project" | "project_card" | "project_column" | "public" | "pull_request" | "pull_request_review" | "pull_request_review_comment" | "push" | "registry_package" | "release" | "repository" | "repository_dispatch" | "secret_scanning_alert" | "star" | "status" | "team" | "team_add" | "watch" | "workflow_dispatch" | "workflow_run" | "reminder" | "pull_request_review_thread")[];
          external_url: string | null;
          html_url: string;
          /** Unique identifier of the GitHub app */
          id: number | null;
          /** The name of the GitHub app */
          name: string;
          node_id: string;
          owner: {
            avatar_url?: string;
            deleted?: boolean;
            email?: string | null;
            events_url?: string;
            followers_url?: string;
            following_url?: string;
            gists_url?: string;
            gravatar_id?: string;
            html_url?: string;
            id: number;
            login: string;
            name?: string;
            node_id?: string;
            organizations_url?: string;
            received_events_url?: string;
            repos_url?: string;
            site_admin?: boolean;
            starred_url?: string;
            subscriptions_url?: string;
            type?: "Bot" | "User" | "Organization";
            url?: string;
            user_view_type?: string;
          } | null;
          /** The set of permissions for the GitHub app */
          permissions?: {
            actions?: "read" | "write";
            administration?: "read" | "write";
            checks?: "read" | "write";
            content_references?: "read" | "write";
            contents?: "read" | "write";
            deployments?: "read" | "write";
            discussions?: "read" | "write";
            emails?: "read" | "write";
            environments?: "read" | "write";
            issues?: "read" | "write";
            keys?: "read" | "write";
            members?: "read" | "write";
            metadata?: "read" | "write";
            organization_administration?: "read" | "write";
            organization_hooks?: "read" | "write";
            organization_packages?: "read" | "write";
            organization_plan?: "read" | "write";
            organization_projects?: "read" | "write" | "admin";
            organization_secrets?: "read" | "write";
            organization_self_hosted_runners?: "read" | "write";
            organization_user_blocking?: "read" | "write";
            packages?: "read" | "write";
            pages?: "read" | "write";
            pull_requests?: "read" | "write";
            repository_hooks?: "read" | "write";
            repository_projects?: "read" | "write" | "admin";
            secret_scanning_alerts?: "read" | "write";
            secrets?: "read" | "write";
            security_events?: "read" | "write";
            security_scanning_alert?: "read" | "write";
            single_file?: "read" | "write";
            statuses?: "read" | "write";
            vulnerability_alerts?: "read" | "write";
            workflows?: "read" | "write";
          };
          /** The slug name of the GitHub app */
          slug?: string;
          updated_at: string | null;
        } | null;
        pull_request?: {
          diff_url?: string;
          html_url?: string;
          merged_at?: string | null;
          patch_url?: string;
          url?: string;
        };
        reactions: {
          "+1": number;
          "-1": number;
          confused: number;
          eyes: number;
          heart: number;
          hooray: number;
          laugh: number;
          rocket: number;
          total_count: number;
          url: string;
        };
        repository_url: string;
        sub_issues_summary?: components["schemas"]["sub-issues-summary"];
        issue_dependencies_summary?: components["schemas"]["issue-dependencies-summary"];
        /** State of the issue; either 'open' or 'closed' */
        state?: "open" | "closed";
        state_reason?: string | null;
        timeline_url?: string;
        /** Title of the issue */
        title: string;
        type?: components["schemas"]["issue-type"];
        updated_at: string;
        /** URL for the issue */
        url: string;
        user: {
          avatar_url?: string;
          deleted?: boolean;
          email?: string | null;
          events_url?: string;
          followers_url?: string;
          following_url?: string;
          gists_url?: string;
          gravatar_id?: string;
          html_url?: string;
          id: number;
          login: string;
          name?: string;
          node_id?: string;
          organizations_url?: string;
          received_events_url?: string;
          repos_url?: string;
          site_admin?: boolean;
          starred_url?: string;
          subscriptions_url?: string;
          type?: "Bot" | "User" | "Organization" | "Mannequin";
          url?: string;
          user_view_type?: string;
        } | null;
      } & {
        active_lock_reason?: string | null;
        assignee: {
          avatar_url?: string;
          deleted?: boolean;
          email?: string | null;
          events_url?: string;
          followers_url?: string;
          following_url?: string;
          gists_url?: string;
          gravatar_id?: string;
          html_url?: string;
          id: number;
          login: string;
          name?: string;
          node_id?: string;
          organizations_url?: string;
          received_events_url?: string;
          repos_url?: string;
          site_admin?: boolean;
          starred_url?: string;
          subscriptions_url?: string;
          type?: "Bot" | "User" | "Organization" | "Mannequin";
          url?: string;
          user_view_type?: string;
        } | null;
        assignees?: (Record<string, never> | null)[];
        author_association?: string;
        body?: string | null;
        closed_at?: string | null;
        comments?: number;
        comments_url?: string;
        created_at?: string;
        events_url?: string;
        html_url?: string;
        id?: number;
        labels: {
          /** 6-character hex code, without the leading #, identifying the color */
          color: string;
          default: boolean;
          description: string | null;
          id: number;
          /** The name of the label. */
          name: string;
          node_id: string;
          /** URL for the label */
          url: string;
        }[];
        labels_url?: string;
        locked: boolean;
        milestone?: Record<string, never> | null;
        node_id?: string;
        number?: number;
        performed_via_github_app?: Record<string, never> | null;
        reactions?: {
          "+1"?: number;
          "-1"?: number;
          confused?: number;
          eyes?: number;
          heart?: number;
          hooray?: number;
          laugh?: number;
          rocket?: number;
          total_count?: number;
          url?: string;
        };
        repository_url?: string;
        /** State of the issue; either 'open' or 'closed' */
        state: "open" | "closed";
        timeline_url?: string;
        title?: string;
        updated_at?: string;
        url?: string;
        user?: {
          avatar_url?: string;
          events_url?: string;
          followers_url?: string;
          following_url?: string;
          gists_url?: string;
          gravatar_id?: string;
          html_url?: string;
          id?: number;
          login?: string;
          node_id?: string;
          organizations_url?: string;
          received_events_url?: string;
          repos_url?: string;
          site_admin?: boolean;
          starred_url?: string;
          subscriptions_url?: string;
          type?: string;
          url?: string;
        };
      };
      organization?: components["schemas"]["organization-simple-webhooks"];
      repository: components["schemas"]["repository-webhooks"];
      sender: components["schemas"]["simple-user"];
    };
    "webhook-issues-closed": {
      /** The action that was performed. */
      action: "closed";
      enterprise?: components["schemas"]["enterprise-webhooks"];
      installation?: components["schemas"]["simple-installation"];
      /** The issue itself. */
      issue: {
        active_lock_reason: "resolved" | "off-topic" | "too heated" | "spam" | null;
        assignee?: {
          avatar_url?: string;
          deleted?: boolean;
          email?: string | null;
          events_url?: string;
          followers_url?: string;
          following_url?: string;
          gists_url?: string;
          gravatar_id?: string;
          html_url?: string;
          id: number;
          login: string;
          name?: string;
          node_id?: string;
          organizations_url?: string;
          received_events_url?: string;
          repos_url?: string;
          site_admin?: boolean;
          starred_url?: string;
          subscriptions_url?: string;
          type?: "Bot" | "User" | "Organization" | "Mannequin";
          url?: string;
          user_view_type?: string;
        } | null;
        assignees: ({
          avatar_url?: string;
          deleted?: boolean;
          email?: string | null;
          events_url?: string;
          followers_url?: string;
          following_url?: string;
          gists_url?: string;
          gravatar_id?: string;
          html_url?: string;
          id: number;
          login: string;
          name?: string;
          node_id?: string;
          organizations_url?: string;
          received_events_url?: string;
          repos_url?: string;
          site_admin?: boolean;
          starred_url?: string;
          subscriptions_url?: string;
          type?: "Bot" | "User" | "Organization" | "Mannequin";
          url?: string;
          user_view_type?: string;
        } | null)[];
        /** How the author is associated with the repository. */
        author_association: "COLLABORATOR" | "CONTRIBUTOR" | "FIRST_TIMER" | "FIRST_TIME_CONTRIBUTOR" | "MANNEQUIN" | "MEMBER" | "NONE" | "OWNER";
        /** Contents of the issue */
        body: string | null;
        closed_at: string | null;
        comments: number;
        comments_url: string;
        created_at: string;
        draft?: boolean;
        events_url: string;
        html_url: string;
        id: number;
        labels?: {
          /** 6-character hex code, without the leading #, identifying the color */
          color: string;
          default: boolean;
          description: string | null;
          id: number;
          /** The name of the label. */
          name: string;
          node_id: string;
          /** URL for the label */
          url: string;
        }[];
        labels_url: string;
        locked?: boolean;
        /** A collection of related issues and pull requests. */
        milestone: {
          closed_at: string | null;
          closed_issues: number;
          created_at: string;
          creator: {
            avatar_url?: string;
            deleted?: boolean;
            email?: string | null;
            events_url?: string;
            followers_url?: string;
            following_url?: string;
            gists_url?: string;
            gravatar_id?: string;
            html_url?: string;
            id: number;
            login: string;
            name?: string;
            node_id?: string;
            organizations_url?: string;
            received_events_url?: string;
            repos_url?: string;
            site_admin?: boolean;
            starred_url?: string;
            subscriptions_url?: string;
            type?: "Bot" | "User" | "Organization" | "Mannequin";
            url?: string;
            user_view_type?: string;
          } | null;
          description: string | null;
          due_on: string | null;
          html_url: string;
          id: number;
          labels_url: string;
          node_id: string;
          /** The number of the milestone. */
          number: number;
          open_issues: number;
          /** The state of the milestone. */
          state: "open" | "closed";
          /** The title of the milestone. */
          title: string;
          updated_at: string;
          url: string;
        } | null;
        node_id: string;
        number: number;
        /** GitHub apps are a new way to extend GitHub. */
        performed_via_github_app?: {
          created_at: string | null;
          description: string | null;
          /** The list of events for the GitHub app */
          events?: ("branch_protection_rule" | "check_run" | "check_suite" | "code_scanning_alert" | "commit_comment" | "content_reference" | "create" | "delete" | "deployment" | "deployment_review" | "deployment_status" | "deploy_key" | "discussion" | "discussion_comment" | "fork" | "gollum" | "issues" | "issue_comment" | "label" | "member" | "membership" | "milestone" | "organization" | "org_block" | "page_build" | "project" | "project_card" | "project_column" | "public" | "pull_request" | "pull_request_review" | "pull_request_review_comment" | "push" | "registry_package" | "release" | "repository" | "repository_dispatch" | "secret_scanning_alert" | "star" | "status" | "team" | "team_add" | "watch" | "workflow_dispatch" | "workflow_run" | "security_and_analysis" | "reminder" | "pull_request_review_thread")[];
          external_url: string | null;
          html_url: string;
          /** Unique identifier of the GitHub app */
          id: number | null;
          /** The name of the GitHub app */
          name: string;
          node_id: string;
          owner: {
            avatar_url?: string;
            deleted?: boolean;
            email?: string | null;
            events_url?: string;
            followers_url?: string;
            following_url?: string;
            gists_url?: string;
            gravatar_id?: string;
            html_url?: string;
            id: number;
            login: string;
            name?: string;
            node_id?: string;
            organizations_url?: string;
            received_events_url?: string;
            repos_url?: string;
            site_admin?: boolean;
            starred_url?: string;
            subscriptions_url?: string;
            type?: "Bot" | "User" | "Organization";
            url?: string;
            user_view_type?: string;
          } | null;
          /** The set of permissions for the GitHub app */
          permissions?: {
            actions?: "read" | "write";
            administration?: "read" | "write";
            checks?: "read" | "write";
            content_references?: "read" | "write";
            contents?: "read" | "write";
            deployments?: "read" | "write";
            discussions?: "read" | "write";
            emails?: "read" | "write";
            environments?: "read" | "write";
            issues?: "read" | "write";
            keys?: "read" | "write";
            members?: "read" | "write";
            metadata?: "read" | "write";
            organization_administration?: "read" | "write";
            organization_hooks?: "read" | "write";
            organization_packages?: "read" | "write";
            organization_plan?: "read" | "write";
            organization_projects?: "read" | "write" | "admin";
            organization_secrets?: "read" | "write";
            organization_self_hosted_runners?: "read" | "write";
            organization_user_blocking?: "read" | "write";
            packages?: "read" | "write";
            pages?: "read" | "write";
            pull_requests?: "read" | "write";
            repository_hooks?: "read" | "write";
            repository_projects?: "read" | "write";
            secret_scanning_alerts?: "read" | "write";
            secrets?: "read" | "write";
            security_events?: "read" | "write";
            security_scanning_alert?: "read" | "write";
            single_file?: "read" | "write";
            statuses?: "read" | "write";
            vulnerability_alerts?: "read" | "write";
            workflows?: "read" | "write";
          };
          /** The slug name of the GitHub app */
          slug?: string;
          updated_at: string | null;
        } | null;
        pull_request?: {
          diff_url?: string;
          html_url?: string;
          merged_at?: string | null;
          patch_url?: string;
          url?: string;
        };
        reactions: {
          "+1": number;
          "-1": number;
          confused: number;
          eyes: number;
          heart: number;
          hooray: number;
          laugh: number;
          rocket: number;
          total_count: number;
          url: string;
        };
        repository_url: string;
        pinned_comment?: components["schemas"]["nullable-issue-comment"];
        sub_issues_summary?: components["schemas"]["sub-issues-summary"];
        issue_dependencies_summary?: components["schemas"]["issue-dependencies-summary"];
        issue_field_values?: components["schemas"]["issue-field-value"][];
        /** State of the issue; either 'open' or 'closed' */
        state?: "open" | "closed";
        state_reason?: string | null;
        timeline_url?: string;
        /** Title of the issue */
        title: string;
        type?: components["schemas"]["issue-type"];
        updated_at: string;
        /** URL for the issue */
        url: string;
        user: {
          avatar_url?: string;
          deleted?: boolean;
          email?: string | null;
          events_url?: string;
          followers_url?: string;
          following_url?: string;
          gists_url?: string;
          gravatar_id?: string;
          html_url?: string;
          id: number;
          login: string;
          name?: string;
          node_id?: string;
          organizations_url?: string;
          received_events_url?: string;
          repos_url?: string;
          site_admin?: boolean;
          starred_url?: string;
          subscriptions_url?: string;
          type?: "Bot" | "User" | "Organization" | "Mannequin";
          url?: string;
          user_view_type?: string;
        } | null;
      } & {
        active_lock_reason?: string | null;
        assignee?: Record<string, never> | null;
        assignees?: (Record<string, never> | null)[];
        author_association?: string;
        body?: string | null;
        closed_at: string | null;
        comments?: number;
        comments_url?: string;
        created_at?: string;
        events_url?: string;
        html_url?: string;
        id?: number;
        labels?: (Record<string, never> | null)[];
        labels_url?: string;
        locked?: boolean;
        milestone?: Record<string, never> | null;
        node_id?: string;
        number?: number;
        performed_via_github_app?: Record<string, never> | null;
        reactions?: {
          "+1"?: number;
          "-1"?: number;
          confused?: number;
          eyes?: number;
          heart?: number;
          hooray?: number;
          laugh?: number;
          rocket?: number;
          total_count?: number;
          url?: string;
        };
        repository_url?: string;
        state: "closed" | "open";
        timeline_url?: string;
        title?: string;
        updated_at?: string;
        url?: string;
        user?: {
          avatar_url?: string;
          events_url?: string;
          followers_url?: string;
          following_url?: string;
          gists_url?: string;
          gravatar_id?: string;
          html_url?: string;
          id?: number;
          login?: string;
          node_id?: string;
          organizations_url?: string;
          received_events_url?: string;
          repos_url?: string;
          site_admin?: boolean;
          starred_url?: string;
          subscriptions_url?: string;
          type?: string;
          url?: string;
          user_view_type?: string;
        };
      };
      organization?: components["schemas"]["organization-simple-webhooks"];
      repository: components["schemas"]["repository-webhooks"];
      sender: components["schemas"]["simple-user"];
    };
    "webhook-issues-labeled": {
      action: "labeled";
      enterprise?: components["schemas"]["enterprise-webhooks"];
      installation?: components["schemas"]["simple-installation"];
      /** The issue itself. */
      issue: {
        active_lock_reason: "resolved" | "off-topic" | "too heated" | "spam" | null;
        assignee?: {
          avatar_url?: string;
          deleted?: boolean;
          email?: string | null;
          events_url?: string;
          followers_url?: string;
          following_url?: string;
          gists_url?: string;
          gravatar_id?: string;
          html_url?: string;
          id: number;
          login: string;
          name?: string;
          node_id?: string;
          organizations_url?: string;
          received_events_url?: string;
          repos_url?: string;
          site_admin?: boolean;
          starred_url?: string;
          subscriptions_url?: string;
          type?: "Bot" | "User" | "Organization" | "Mannequin";
          url?: string;
          user_view_type?: string;
        } | null;
        assignees: ({
          avatar_url?: string;
          deleted?: boolean;
          email?: string | null;
          events_url?: string;
          followers_url?: string;
          following_url?: string;
          gists_url?: string;
          gravatar_id?: string;
          html_url?: string;
          id: number;
          login: string;
          name?: string;
          node_id?: string;
          organizations_url?: string;
          received_events_url?: string;
          repos_url?: string;
          site_admin?: boolean;
          starred_url?: string;
          subscriptions_url?: string;
          type?: "Bot" | "User" | "Organization" | "Mannequin";
          url?: string;
        } | null)[];
        /** How the author is associated with the repository. */
        author_association: "COLLABORATOR" | "CONTRIBUTOR" | "FIRST_TIMER" | "FIRST_TIME_CONTRIBUTOR" | "MANNEQUIN" | "MEMBER" | "NONE" | "OWNER";
        /** Contents of the issue */
        body: string | null;
        closed_at: string | null;
        comments: number;
        comments_url: string;
        created_at: string;
        draft?: boolean;
        events_url: string;
        html_url: string;
        id: number;
        labels?: {
          /** 6-character hex code, without the leading #, identifying the color */
          color: string;
          default: boolean;
          description: string | null;
          id: number;
          /** The name of the label. */
          name: string;
          node_id: string;
          /** URL for the label */
          url: string;
        }[];
        labels_url: string;
        locked?: boolean;
        /** A collection of related issues and pull requests. */
        milestone: {
          closed_at: string | null;
          closed_issues: number;
          created_at: string;
          creator: {
            avatar_url?: string;
            deleted?: boolean;
            email?: string | null;
            events_url?: string;
            followers_url?: string;
            following_url?: string;
            gists_url?: string;
            gravatar_id?: string;
            html_url?: string;
            id: number;
            login: string;
            name?: string;
            node_id?: string;
            organizations_url?: string;
            received_events_url?: string;
            repos_url?: string;
            site_admin?: boolean;
            starred_url?: string;
            subscriptions_url?: string;
            type?: "Bot" | "User" | "Organization" | "Mannequin";
            url?: string;
            user_view_type?: string;
          } | null;
          description: string | null;
          due_on: string | null;
          html_url: string;
          id: number;
          labels_url: string;
          node_id: string;
          /** The number of the milestone. */
          number: number;
          open_issues: number;
          /** The state of the milestone. */
          state: "open" | "closed";
          /** The title of the milestone. */
          title: string;
          updated_at: string;
          url: string;
        } | null;
        node_id: string;
        number: number;
        /** GitHub apps are a new way to extend GitHub. */
        performed_via_github_app?: {
          created_at: string | null;
          description: string | null;
          /** The list of events for the GitHub app */
          events?: ("branch_protection_rule" | "check_run" | "check_suite" | "code_scanning_alert" | "commit_comment" | "content_reference" | "create" | "delete" | "deployment" | "deployment_review" | "deployment_status" | "deploy_key" | "discussion" | "discussion_comment" | "fork" | "gollum" | "issues" | "issue_comment" | "label" | "member" | "membership" | "milestone" | "organization" | "org_block" | "page_build" | "project" | "project_card" | "project_column" | "public" | "pull_request" | "pull_request_review" | "pull_request_review_comment" | "push" | "registry_package" | "release" | "repository" | "repository_dispatch" | "secret_scanning_alert" | "star" | "status" | "team" | "team_add" | "watch" | "workflow_dispatch" | "workflow_run" | "pull_request_review_thread" | "reminder")[];
          external_url: string | null;
          html_url: string;
          /** Unique identifier of the GitHub app */
          id: number | null;
          /** The name of the GitHub app */
          name: string;
          node_id: string;
          owner: {
            avatar_url?: string;
            deleted?: boolean;
            email?: string | null;
            events_url?: string;
            followers_url?: string;
            following_url?: string;
            gists_url?: string;
            gravatar_id?: string;
            html_url?: string;
            id: number;
            login: string;
            name?: string;
            node_id?: string;
            organizations_url?: string;
            received_events_url?: string;
            repos_url?: string;
            site_admin?: boolean;
            starred_url?: string;
            subscriptions_url?: string;
            type?: "Bot" | "User" | "Organization";
            url?: string;
            user_view_type?: string;
          } | null;
          /** The set of permissions for the GitHub app */
          permissions?: {
            actions?: "read" | "write";
            administration?: "read" | "write";
            checks?: "read" | "write";
            content_references?: "read" | "write";
            contents?: "read" | "write";
            deployments?: "read" | "write";
            discussions?: "read" | "write";
            emails?: "read" | "write";
            environments?: "read" | "write";
            issues?: "read" | "write";
            keys?: "read" | "write";
            members?: "read" | "write";
            metadata?: "read" | "write";
            organization_administration?: "read" | "write";
            organization_hooks?: "read" | "write";
            organization_packages?: "read" | "write";
            organization_plan?: "read" | "write";
            organization_projects?: "read" | "write" | "admin";
            organization_secrets?: "read" | "write";
            organization_self_hosted_runners?: "read" | "write";
            organization_user_blocking?: "read" | "write";
            packages?: "read" | "write";
            pages?: "read" | "write";
            pull_requests?: "read" | "write";
            repository_hooks?: "read" | "write";
            repository_projects?: "read" | "write";
            secret_scanning_alerts?: "read" | "write";
            secrets?: "read" | "write";
            security_events?: "read" | "write";
            security_scanning_alert?: "read" | "write";
            single_file?: "read" | "write";
            statuses?: "read" | "write";
            vulnerability_alerts?: "read" | "write";
            workflows?: "read" | "write";
          };
          /** The slug name of the GitHub app */
          slug?: string;
          updated_at: string | null;
        } | null;
        pull_request?: {
          diff_url?: string;
          html_url?: string;
          merged_at?: string | null;
          patch_url?: string;
          url?: string;
        };
        reactions: {
          "+1": number;
          "-1": number;
          confused: number;
          eyes: number;
          heart: number;
          hooray: number;
          laugh: number;
          rocket: number;
          total_count: number;
          url: string;
        };
        repository_url: string;
        pinned_comment?: components["schemas"]["nullable-issue-comment"];
        sub_issues_summary?: components["schemas"]["sub-issues-summary"];
        issue_dependencies_summary?: components["schemas"]["issue-dependencies-summary"];
        issue_field_values?: components["schemas"]["issue-field-value"][];
        /** State of the issue; either 'open' or 'closed' */
        state?: "open" | "closed";
        state_reason?: string | null;
        timeline_url?: string;
        type?: components["schemas"]["issue-type"];
        /** Title of the issue */
        title: string;
        updated_at: string;
        /** URL for the issue */
        url: string;
        user: {
          avatar_url?: string;
          deleted?: boolean;
          email?: string | null;
          events_url?: string;
          followers_url?: string;
          following_url?: string;
          gists_url?: string;
          gravatar_id?: string;
          html_url?: string;
          id: number;
          login: string;
          name?: string;
          node_id?: string;
          organizations_url?: string;
          received_events_url?: string;
          repos_url?: string;
          site_admin?: boolean;
          starred_url?: string;
          subscriptions_url?: string;
          type?: "Bot" | "User" | "Organization" | "Mannequin";
          url?: string;
          user_view_type?: string;
        } | null;
      };
      label?: components["schemas"]["webhooks_label"];
      organization?: components["schemas"]["organization-simple-webhooks"];
      repository: components["schemas"]["repository-webhooks"];
      sender: components["schemas"]["simple-user"];
    };
    "webhook-issues-reopened": {
      action: "reopened";
      enterprise?: components["schemas"]["enterprise-webhooks"];
      installation?: components["schemas"]["simple-installation"];
      /** The issue itself. */
      issue: {
        active_lock_reason: "resolved" | "off-topic" | "too heated" | "spam" | null;
        assignee?: {
          avatar_url?: string;
          deleted?: boolean;
          email?: string | null;
          events_url?: string;
          followers_url?: string;
          following_url?: string;
          gists_url?: string;
          gravatar_id?: string;
          html_url?: string;
          id: number;
          login: string;
          name?: string;
          node_id?: string;
          organizations_url?: string;
          received_events_url?: string;
          repos_url?: string;
          site_admin?: boolean;
          starred_url?: string;
          subscriptions_url?: string;
          type?: "Bot" | "User" | "Organization";
          url?: string;
        } | null;
        assignees: ({
          avatar_url?: string;
          deleted?: boolean;
          email?: string | null;
          events_url?: string;
          followers_url?: string;
          following_url?: string;
          gists_url?: string;
          gravatar_id?: string;
          html_url?: string;
          id: number;
          login: string;
          name?: string;
          node_id?: string;
          organizations_url?: string;
          received_events_url?: string;
          repos_url?: string;
          site_admin?: boolean;
          starred_url?: string;
          subscriptions_url?: string;
          type?: "Bot" | "User" | "Organization" | "Mannequin";
          url?: string;
        } | null)[];
        /** How the author is associated with the repository. */
        author_association: "COLLABORATOR" | "CONTRIBUTOR" | "FIRST_TIMER" | "FIRST_TIME_CONTRIBUTOR" | "MANNEQUIN" | "MEMBER" | "NONE" | "OWNER";
        /** Contents of the issue */
        body: string | null;
        closed_at: string | null;
        comments: number;
        comments_url: string;
        created_at: string;
        draft?: boolean;
        events_url: string;
        html_url: string;
        id: number;
        labels?: ({
          /** 6-character hex code, without the leading #, identifying the color */
          color: string;
          default: boolean;
          description: string | null;
          id: number;
          /** The name of the label. */
          name: string;
          node_id: string;
          /** URL for the label */
          url: string;
        } | null)[];
        labels_url: string;
        locked?: boolean;
        /** A collection of related issues and pull requests. */
        milestone: {
          closed_at: string | null;
          closed_issues: number;
          created_at: string;
          creator: {
            avatar_url?: string;
            deleted?: boolean;
            email?: string | null;
            events_url?: string;
            followers_url?: string;
            following_url?: string;
            gists_url?: string;
            gravatar_id?: string;
            html_url?: string;
            id: number;
            login: string;
            name?: string;
            node_id?: string;
            organizations_url?: string;
            received_events_url?: string;
            repos_url?: string;
            site_admin?: boolean;
            starred_url?: string;
            subscriptions_url?: string;
            type?: "Bot" | "User" | "Organization" | "Mannequin";
            url?: string;
            user_view_type?: string;
          } | null;
          description: string | null;
          due_on: string | null;
          html_url: string;
          id: number;
          labels_url: string;
          node_id: string;
          /** The number of the milestone. */
          number: number;
          open_issues: number;
          /** The state of the milestone. */
          state: "open" | "closed";
          /** The title of the milestone. */
          title: string;
          updated_at: string;
          url: string;
        } | null;
        node_id: string;
        number: number;
        /** GitHub apps are a new way to extend GitHub. */
        performed_via_github_app?: {
          created_at: string | null;
          description: string | null;
          /** The list of events for the GitHub app */
          events?: ("branch_protection_rule" | "check_run" | "check_suite" | "code_scanning_alert" | "commit_comment" | "content_reference" | "create" | "delete" | "deployment" | "deployment_review" | "deployment_status" | "deploy_key" | "discussion" | "discussion_comment" | "fork" | "gollum" | "issues" | "issue_comment" | "label" | "member" | "membership" | "milestone" | "organization" | "org_block" | "page_build" | "project" | "project_card" | "project_column" | "public" | "pull_request" | "pull_request_review" | "pull_request_review_comment" | "push" | "registry_package" | "release" | "repository" | "repository_dispatch" | "secret_scanning_alert" | "star" | "status" | "team" | "team_add" | "watch" | "workflow_dispatch" | "workflow_run" | "pull_request_review_thread" | "reminder")[];
          external_url: string | null;
          html_url: string;
          /** Unique identifier of the GitHub app */
          id: number | null;
          /** The name of the GitHub app */
          name: string;
          node_id: string;
          owner: {
            avatar_url?: string;
            deleted?: boolean;
            email?: string | null;
            events_url?: string;
            followers_url?: string;
            following_url?: string;
            gists_url?: string;
            gravatar_id?: string;
            html_url?: string;
            id: number;
            login: string;
            name?: string;
            node_id?: string;
            organizations_url?: string;
            received_events_url?: string;
            repos_url?: string;
            site_admin?: boolean;
            starred_url?: string;
            subscriptions_url?: string;
            type?: "Bot" | "User" | "Organization";
            url?: string;
            user_view_type?: string;
          } | null;
          /** The set of permissions for the GitHub app */
          permissions?: {
            actions?: "read" | "write";
            administration?: "read" | "write";
            checks?: "read" | "write";
            content_references?: "read" | "write";
            contents?: "read" | "write";
            deployments?: "read" | "write";
            discussions?: "read" | "write";
            emails?: "read" | "write";
            environments?: "read" | "write";
            issues?: "read" | "write";
            keys?: "read" | "write";
            members?: "read" | "write";
            metadata?: "read" | "write";
            organization_administration?: "read" | "write";
            organization_hooks?: "read" | "write";
            organization_packages?: "read" | "write";
            organization_plan?: "read" | "write";
            organization_projects?: "read" | "write" | "admin";
            organization_secrets?: "read" | "write";
            organization_self_hosted_runners?: "read" | "write";
            organization_user_blocking?: "read" | "write";
            packages?: "read" | "write";
            pages?: "read" | "write";
            pull_requests?: "read" | "write";
            repository_hooks?: "read" | "write";
            repository_projects?: "read" | "write" | "admin";
            secret_scanning_alerts?: "read" | "write";
            secrets?: "read" | "write";
            security_events?: "read" | "write";
            security_scanning_alert?: "read" | "write";
            single_file?: "read" | "write";
            statuses?: "read" | "write";
            vulnerability_alerts?: "read" | "write";
            workflows?: "read" | "write";
          };
          /** The slug name of the GitHub app */
          slug?: string;
          updated_at: string | null;
        } | null;
        pull_request?: {
          diff_url?: string;
          html_url?: string;
          merged_at?: string | null;
          patch_url?: string;
          url?: string;
        };
        reactions: {
          "+1": number;
          "-1": number;
          confused: number;
          eyes: number;
          heart: number;
          hooray: number;
          laugh: number;
          rocket: number;
          total_count: number;
          url: string;
        };
        repository_url: string;
        pinned_comment?: components["schemas"]["nullable-issue-comment"];
        sub_issues_summary?: components["schemas"]["sub-issues-summary"];
        issue_dependencies_summary?: components["schemas"]["issue-dependencies-summary"];
        issue_field_values?: components["schemas"]["issue-field-value"][];
        /** State of the issue; either 'open' or 'closed' */
        state: "open" | "closed";
        state_reason?: string | null;
        timeline_url?: string;
        /** Title of the issue */
        title: string;
        updated_at: string;
        /** URL for the issue */
        url: string;
        user: {
          avatar_url?: string;
          deleted?: boolean;
          email?: string | null;
          events_url?: string;
          followers_url?: string;
          following_url?: string;
          gists_url?: string;
          gravatar_id?: string;
          html_url?: string;
          id: number;
          login: string;
          name?: string;
          node_id?: string;
          organizations_url?: string;
          received_events_url?: string;
          repos_url?: string;
          site_admin?: boolean;
          starred_url?: string;
          subscriptions_url?: string;
          type?: "Bot" | "User" | "Organization" | "Mannequin";
          url?: string;
          user_view_type?: string;
        } | null;
        type?: components["schemas"]["issue-type"];
      };
      organization?: components["schemas"]["organization-simple-webhooks"];
      repository: components["schemas"]["repository-webhooks"];
      sender: components["schemas"]["simple-user"];
    };
    webhooks_label: {
      /** 6-character hex code, without the leading #, identifying the color */
      color: string;
      default: boolean;
      description: string | null;
      id: number;
      /** The name of the label. */
      name: string;
      node_id: string;
      /** URL for the label */
      url: string;
    };
  };
  parameters: {
    /** Used for pagination: the starting delivery from which the page of deliveries is fetched. */
    cursor: string;
    "delivery-id": number;
    /** The unique identifier of the hook. */
    "hook-id": number;
    /** The number that identifies the issue. */
    "issue-number": number;
    /** The account owner of the repository. */
    owner: string;
    /** The page number of the results to fetch. */
    page: number;
    /** The number of results per page (max 100). */
    "per-page": number;
    /** The name of the repository without the `.git` extension. */
    repo: string;
    /** Only show results that were last updated after the given time. */
    since: string;
    /** Returns webhook deliveries filtered by delivery outcome classification based on `status_code` range. */
    "webhook-delivery-status": "success" | "failure";
  };
}

export type schemas = components['schemas']

export const github = definePlatform<paths, webhooks>('github')
