// epoll(7), which Swift's Glibc leaves out.
#pragma once
#include <sys/epoll.h>
