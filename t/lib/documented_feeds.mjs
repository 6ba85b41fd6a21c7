// What the providers' own documentation says of reading what an account publishes: as documented_shapes.mjs,
// which has all else of them, and as independent of conf.d/providers.
//
// Of each: `call`, `token`, `headers`, `params`, `as` and `query` (what its URL has besides a body) as
// there; `scopes` that it needs; `pages`: what a request for one has besides, or instead, and its answer,
// with `link` as its Link header; and `posts`, [text, time, link] of each, null where there is none. In a
// page $token is the token of the request.

const page = (answer, params = {}, more = {}) => ({ params, answer, ...more });

// Numbers that count from the first of two posts, when there was one in each page.
const graphPost = (n) => ({ id: `102_${n}`, message: `Number ${n}`, created_time: `2026-11-0${n}T10:00:00+0000`, permalink_url: `https://www.facebook.com/102/posts/${n}` });
const graphPosts = [2, 1].map((n) => [`Number ${n}`, `2026-11-0${n}T10:00:00Z`, `https://www.facebook.com/102/posts/${n}`]);
const graphFeed = { token: 'bearer', params: { fields: '*', limit: '?' }, posts: graphPosts };

const event = (n, type, payload) => ({
  id: `2224908494${n}`, type, actor: { id: 1, login: 'nike' }, repo: { id: 1, name: 'nike/shoes', url: 'https://api.github.com/repos/nike/shoes' },
  payload, public: true, created_at: `2026-11-0${n}T12:47:28Z`,
});
const pull = { url: 'https://api.github.com/repos/nike/shoes/pulls/7', id: 558121796, number: 7, head: { ref: 'laces' }, base: { ref: 'main' } }; // pull-request-minimal
const events = {
  discussion: event(6, 'DiscussionEvent', { action: 'created', discussion: { html_url: 'https://github.com/nike/shoes/discussions/6' } }),
  fork: event(5, 'ForkEvent', { action: 'forked', forkee: { html_url: 'https://github.com/nike/boots' } }),
  issue: event(4, 'IssuesEvent', { action: 'opened', issue: { html_url: 'https://github.com/nike/shoes/issues/4' } }),
  review: event(3, 'PullRequestReviewEvent', { action: 'created', review: { html_url: 'https://github.com/nike/shoes/pull/7#pullrequestreview-3' }, pull_request: pull }),
  comment: event(2, 'PullRequestReviewCommentEvent', { action: 'created', comment: { html_url: 'https://github.com/nike/shoes/pull/7#discussion_r2' }, pull_request: pull }),
  opened: event(1, 'PullRequestEvent', { action: 'opened', number: 7, pull_request: pull }),
};
const contribution = (n, more) => ({
  id: n, title: null, project_id: 15, action_name: 'opened', target_id: 160 + n, target_type: 'Issue', author_id: 1, author_username: 'nike',
  created_at: `2026-11-0${n}T10:19:43.667Z`, ...more,
});
const status = (n) => ({
  id: `10888021190167232${n}`, created_at: `2026-11-0${n}T22:29:46.493Z`, content: `<p>Number ${n}</p>`, uri: `https://mastodon.example/users/nike/statuses/${n}`,
  url: `https://mastodon.example/@nike/${n}`, visibility: 'public', reblog: null, media_attachments: [],
});
const pin = (n) => ({
  id: `81374422642079588${n}`, created_at: `2026-11-0${n}T20:10:40-00:00`, link: `https://nike.example/${n}`, title: `Number ${n}`, description: 'x',
  board_id: '5', media: { media_type: 'image', images: { '1200x': { width: 1200, height: 1200, url: 'https://i.pinimg.com/x.jpg' } } },
});
const submission = (n) => ({
  kind: 't3', data: { name: `t3_1${n}`, id: `1${n}`, title: `Number ${n}`, selftext: 'x', permalink: `/r/shoes/comments/1${n}/x/`, url: `https://www.reddit.com/r/shoes/comments/1${n}/x/`, created_utc: `#${1793500000 + n}.0` },
});
const playlist = (n) => ({ id: `37i9dQZF${n}`, type: 'playlist', name: `Number ${n}`, external_urls: { spotify: `https://open.spotify.com/playlist/${n}` }, images: [] });
const playlists = (next, ...items) => ({ href: 'https://api.spotify.com/v1/me/playlists', limit: 20, next, offset: 0, previous: null, total: 2, items });
const activity = (n) => ({ id: `#15450425037682${n}`, name: `Number ${n}`, type: 'Run', start_date: `2026-11-0${n}T12:15:09Z`, start_date_local: `2026-11-0${n}T05:15:09Z` });
const thread = (n) => ({
  id: `123456${n}`, media_product_type: 'THREADS', media_type: 'TEXT_POST', permalink: `https://www.threads.net/@nike/post/${n}`, username: 'nike', text: `Number ${n}`,
  timestamp: `2026-11-0${n}T05:42:03+0000`, shortcode: `${n}`, is_quote_post: false,
});
const clip = (n) => ({ id: `708021376381356${n}`, title: `Number ${n}`, video_description: `Number ${n} #shoes`, share_url: `https://www.tiktok.com/@nike/video/${n}`, create_time: 1793500000 + n });
const clips = (cursor, more, ...videos) => ({ data: { videos, cursor, has_more: more }, error: { code: 'ok', message: '', log_id: 'x' } });
const broadcast = (n) => ({
  id: `33592124${n}`, user_id: '141981764', title: `Number ${n}`, description: '', created_at: `2026-10-0${n}T21:30:18Z`, published_at: `2026-11-0${n}T22:04:30Z`,
  url: `https://www.twitch.tv/videos/${n}`, thumbnail_url: '', type: 'upload',
});
const film = (n) => ({ uri: `/videos/25868493${n}`, name: `Number ${n}`, link: `https://vimeo.com/${n}`, created_time: `2026-11-0${n}T22:33:00+00:00`, pictures: { base_link: 'https://i.vimeocdn.com/x' } });
const films = (number, next, ...data) => ({ total: 2, page: number, per_page: 1, paging: { next, previous: null, first: '/me/videos?page=1', last: '/me/videos?page=2' }, data });
const entry = (n) => ({ ID: n, site_ID: 12, date: `2026-11-0${n}T12:00:00+02:00`, title: `Number ${n}`, URL: `https://nike.example/${n}`, content: 'x', featured_image: '', type: 'post' });
const tweet = (n) => ({ id: `134604267816264704${n}`, text: `Number ${n}`, created_at: `2026-11-0${n}T19:00:55.000Z`, edit_history_tweet_ids: [`134604267816264704${n}`] });
const upload = (n) => ({
  kind: 'youtube#activity', etag: 'x', id: `MTUxNTQ${n}`, contentDetails: { upload: { videoId: `dQw4w9WgXc${n}` } },
  snippet: { publishedAt: `2026-11-0${n}T18:00:11+00:00`, channelId: 'UC_x5XG1OV2P6uZZ5FSM9Ttw', title: `Number ${n}`, thumbnails: { high: { url: 'https://i.ytimg.com/x.jpg' } }, type: 'upload' },
});

// Both posts, by what is said of the one with a number.
const both = (text, time, link) => [2, 1].map((n) => [text(n), time && time(n), link && link(n)]);
const number = (n) => `Number ${n}`;
const at = (time) => (n) => `2026-11-0${n}T${time}Z`;
const below = (url, end = '') => (n) => `${url}${n}${end}`;

export const feeds = {
  facebook: { // …/docs/graph-api/results: paging by time has no cursors, but URLs with the token in them
    ...graphFeed, call: 'GET https://graph.facebook.com/v23.0/me/posts', scopes: ['user_posts'],
    pages: [
      page({ data: [graphPost(2)], paging: { next: 'https://graph.facebook.com/v23.0/me/posts?access_token=$token&limit=25&until=1793000000&__paging_token=x' } }),
      page({ data: [graphPost(1)], paging: { next: 'https://graph.facebook.com/v23.0/me/posts?access_token=$token&limit=25&until=1792000000&__paging_token=y' } },
        { until: '1793000000', __paging_token: 'x', fields: '?' }, { token: 'query' }),
      page({ data: [] }, { until: '1792000000', __paging_token: 'y', fields: '?' }, { token: 'query' }),
    ],
  },
  'facebook-page': { // …/docs/pages-api/posts
    ...graphFeed, call: 'GET https://graph.facebook.com/v23.0/102/posts', scopes: ['pages_read_engagement'],
    pages: [
      page({ data: [graphPost(2)], paging: { cursors: { before: 'QVFI', after: 'QVFJ' } } }),
      page({ data: [graphPost(1)], paging: { cursors: { before: 'QVFK', after: 'QVFL' } } }, { after: 'QVFJ' }),
      page({ data: [] }, { after: 'QVFL' }),
    ],
  },
  github: { // …/en/rest/activity/events, …/en/rest/using-the-rest-api/github-event-types and …/using-pagination-in-the-rest-api
    call: 'GET https://api.github.com/users/nike/events/public', token: 'bearer', headers: { 'user-agent': '*', accept: 'application/vnd.github+json' }, params: { per_page: '?' },
    pages: [
      page([events.discussion, events.fork, events.issue, events.review], {}, { link: '<https://api.github.com/users/nike/events/public?per_page=1&page=2>; rel="next", <https://api.github.com/users/nike/events/public?per_page=1&page=2>; rel="last"' }),
      page([events.comment, events.opened], { page: '2' }, { link: '<https://api.github.com/users/nike/events/public?per_page=1&page=1>; rel="prev"' }),
    ],
    posts: [
      ['DiscussionEvent', '2026-11-06T12:47:28Z', 'https://github.com/nike/shoes/discussions/6'],
      ['ForkEvent', '2026-11-05T12:47:28Z', 'https://github.com/nike/boots'],
      ['IssuesEvent', '2026-11-04T12:47:28Z', 'https://github.com/nike/shoes/issues/4'],
      ['PullRequestReviewEvent', '2026-11-03T12:47:28Z', 'https://github.com/nike/shoes/pull/7#pullrequestreview-3'],
      ['PullRequestReviewCommentEvent', '2026-11-02T12:47:28Z', 'https://github.com/nike/shoes/pull/7#discussion_r2'],
      ['PullRequestEvent', '2026-11-01T12:47:28Z', null],
    ],
  },
  gitlab: { // …/api/events/, …/api/rest/#pagination
    call: 'GET https://gitlab.com/api/v4/events', token: 'bearer', params: { per_page: '?' }, scopes: ['read_user'],
    pages: [
      page([contribution(2, { target_title: 'Number 2' })], {}, { link: '<https://gitlab.com/api/v4/events?page=2&per_page=1>; rel="next", <https://gitlab.com/api/v4/events?page=1&per_page=1>; rel="first"' }),
      page([contribution(1, { action_name: 'pushed to', target_type: null, target_title: null, push_data: { commit_count: 1, ref: 'main', commit_title: 'Number 1' } })], { page: '2' }),
    ],
    posts: both(number, at('10:19:43'), null),
  },
  mastodon: { // …/methods/accounts/#statuses, …/api/guidelines/#pagination
    call: 'GET https://mastodon.example/api/v1/accounts/14715/statuses', token: 'bearer', params: { limit: '?', exclude_reblogs: '?' }, scopes: ['read:statuses'],
    pages: [
      page([status(2)], {}, { link: '<https://mastodon.example/api/v1/accounts/14715/statuses?limit=40&max_id=108880211901672322>; rel="next", <https://mastodon.example/api/v1/accounts/14715/statuses?limit=40&min_id=108880211901672322>; rel="prev"' }),
      page([status(1)], { max_id: '108880211901672322' }),
    ],
    posts: both((n) => `<p>Number ${n}</p>`, at('22:29:46'), below('https://mastodon.example/@nike/')),
  },
  pinterest: { // …/docs/api/v5/pins-list
    call: 'GET https://api.pinterest.com/v5/pins', token: 'bearer', params: { page_size: '?' }, scopes: ['boards:read', 'pins:read'],
    pages: [page({ items: [pin(2)], bookmark: 'Y2JVSG81V2sw' }), page({ items: [pin(1)], bookmark: null }, { bookmark: 'Y2JVSG81V2sw' })],
    posts: both(number, at('20:10:40'), below('https://nike.example/')),
  },
  reddit: { // https://www.reddit.com/dev/api/#GET_user_{username}_{where}, and its wiki's page JSON
    call: 'GET https://oauth.reddit.com/user/nike/submitted', token: 'bearer', headers: { 'user-agent': '*' }, params: { limit: '?', raw_json: '?' }, scopes: ['history'],
    pages: [
      page({ kind: 'Listing', data: { after: 't3_12', before: null, children: [submission(2)] } }),
      page({ kind: 'Listing', data: { after: null, before: null, children: [submission(1)] } }, { after: 't3_12' }),
    ],
    posts: both(number, (n) => `2026-11-01T02:26:4${n}Z`, below('https://www.reddit.com/r/shoes/comments/1', '/x/')),
  },
  spotify: { // …/documentation/web-api/reference/get-a-list-of-current-users-playlists
    call: 'GET https://api.spotify.com/v1/me/playlists', token: 'bearer', params: { limit: '?' }, scopes: ['playlist-read-private'],
    pages: [page(playlists('https://api.spotify.com/v1/me/playlists?offset=1&limit=1', playlist(2))), page(playlists(null, playlist(1)), { offset: '1' })],
    posts: both(number, null, below('https://open.spotify.com/playlist/')),
  },
  strava: { // …/docs/reference/#api-Activities-getLoggedInAthleteActivities; …/docs/#Pagination: to an empty page
    call: 'GET https://www.strava.com/api/v3/athlete/activities', token: 'bearer', params: { per_page: '?' }, scopes: ['activity:read'],
    pages: [page([activity(2)]), page([activity(1)], { page: '2' }), page([], { page: '3' })],
    posts: both(number, at('12:15:09'), null),
  },
  threads: { // …/docs/threads/threads-media, …/docs/threads/reference/user
    call: 'GET https://graph.threads.net/v1.0/me/threads', token: 'query', params: { fields: '*', limit: '?' }, scopes: ['threads_basic'],
    pages: [
      page({ data: [thread(2)], paging: { cursors: { before: 'QVFI', after: 'QVFJ' } } }),
      page({ data: [thread(1)], paging: { cursors: { before: 'QVFK', after: 'QVFL' } } }, { after: 'QVFJ' }),
      page({ data: [] }, { after: 'QVFL' }),
    ],
    posts: both(number, at('05:42:03'), below('https://www.threads.net/@nike/post/')),
  },
  tiktok: { // …/doc/tiktok-api-v2-video-list
    call: 'POST https://open.tiktokapis.com/v2/video/list/', token: 'bearer', as: 'json', query: ['fields'], params: { max_count: '?' }, scopes: ['video.list'],
    pages: [page(clips(1793500002000, true, clip(2))), page(clips(1793500001000, false, clip(1)), { cursor: 1793500002000 }), page(clips(1793500001000, false), { cursor: 1793500001000 })],
    posts: both(number, (n) => `2026-11-01T02:26:4${n}Z`, below('https://www.tiktok.com/@nike/video/')),
  },
  tumblr: { // …/docs/en/api/v2#posts--retrieve-published-posts
    call: 'GET https://api.tumblr.com/v2/blog/nike.tumblr.com/posts', token: 'bearer', headers: { 'user-agent': '*' }, params: { limit: '?' }, scopes: ['basic'],
    pages: [page({ meta: { status: 200, msg: 'OK' }, response: { blog: { name: 'nike' }, total_posts: 2, posts: [2, 1].map((n) => ({
      blog_name: 'nike', id: `#70800000000000000${n}`, id_string: `70800000000000000${n}`, post_url: `https://nike.tumblr.com/post/${n}`, type: 'text',
      timestamp: 1793500000 + n, date: `2026-11-01 02:26:4${n} GMT`, summary: `Number ${n}`, title: `Number ${n}`, body: 'x' })) } })],
    posts: both(number, (n) => `2026-11-01T02:26:4${n}Z`, below('https://nike.tumblr.com/post/')),
  },
  twitch: { // …/docs/api/reference/#get-videos
    call: 'GET https://api.twitch.tv/helix/videos', token: 'bearer', headers: { 'client-id': '$id' }, params: { user_id: '141981764', first: '?' },
    pages: [page({ data: [broadcast(2)], pagination: { cursor: 'eyJiIjpudWxs' } }), page({ data: [broadcast(1)], pagination: {} }, { after: 'eyJiIjpudWxs' })],
    posts: both(number, at('22:04:30'), below('https://www.twitch.tv/videos/')),
  },
  vimeo: { // …/api/reference/videos#get_videos, …/api/common-formats#using-the-pagination-representation
    call: 'GET https://api.vimeo.com/me/videos', token: 'bearer', headers: { accept: 'application/vnd.vimeo.*+json;version=3.4' }, params: { fields: '?', per_page: '?' },
    pages: [page(films(1, '/me/videos?page=2', film(2))), page(films(2, null, film(1)), { page: '2' })],
    posts: both(number, at('22:33:00'), below('https://vimeo.com/')),
  },
  wordpress: { // …/docs/api/1.1/get/sites/%24site/posts/
    call: 'GET https://public-api.wordpress.com/rest/v1.1/sites/12/posts/', token: 'bearer', params: { number: '?' },
    pages: [
      page({ found: 2, posts: [entry(2)], meta: { links: {}, next_page: 'value=2026-11-02T12%3A00%3A00%2B02%3A00&id=2' } }),
      page({ found: 2, posts: [entry(1)], meta: { links: {} } }, { page_handle: 'value=2026-11-02T12%3A00%3A00%2B02%3A00&id=2' }),
    ],
    posts: both(number, at('10:00:00'), below('https://nike.example/')),
  },
  x: { // https://docs.x.com/x-api/users/get-posts
    call: 'GET https://api.x.com/2/users/2244994945/tweets', token: 'bearer', params: { max_results: '?', 'tweet.fields': '?' }, scopes: ['tweet.read', 'users.read'],
    pages: [
      page({ data: [tweet(2)], meta: { next_token: '7140dibdnow9c7btw', result_count: 1, newest_id: '2', oldest_id: '2' } }),
      page({ data: [tweet(1)], meta: { previous_token: '77qp89', result_count: 1, newest_id: '1', oldest_id: '1' } }, { pagination_token: '7140dibdnow9c7btw' }),
    ],
    posts: both(number, at('19:00:55'), null),
  },
  youtube: { // …/youtube/v3/docs/activities/list
    call: 'GET https://www.googleapis.com/youtube/v3/activities', token: 'bearer', params: { part: '*', channelId: 'UC_x5XG1OV2P6uZZ5FSM9Ttw', maxResults: '?' },
    scopes: ['https://www.googleapis.com/auth/youtube.readonly'],
    pages: [page({ kind: 'youtube#activityListResponse', nextPageToken: 'CAUQAA', items: [upload(2)] }), page({ kind: 'youtube#activityListResponse', prevPageToken: 'CAUQAQ', items: [upload(1)] }, { pageToken: 'CAUQAA' })],
    posts: both(number, at('18:00:11'), null),
  },
};
