/* What a request and an answer are, and what stands between them. */
#ifndef HTTP_H
#define HTTP_H

struct request {
    char method[8];
    char path[128];
    char cookie[128]; /* the visitor's id, or empty */
    char body[1024];  /* of a form: a=b&c=d */
};

struct response {
    int status;
    char cookie[128]; /* set this one, or empty */
    char body[2048];
};

struct visitor {
    char id[33];
    char token[33]; /* what a form must bring back */
    int logged_in;
};

/* Returns 0 to let the request pass, or fills in the answer and returns its status. */
typedef int (*middleware)(const struct request *, struct visitor *, struct response *);

void add_middleware(middleware);
int csrf_middleware(const struct request *, struct visitor *, struct response *);
int session_middleware(const struct request *, struct visitor *, struct response *);

int read_request(int connection, struct request *);  /* 0, or -1 where it is none */
void write_response(int connection, const struct response *);
void form_field(const char *body, const char *name, char *value, unsigned long size); /* empty where there is none */
void answer(struct response *, int status, const char *body);

#endif
